using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using MlNetNtd;

[assembly: LoadableClass(
    typeof(ITransformer), typeof(TransformerSerializer), null, typeof(SignatureLoadModel),
    "Next-token discriminator inputs", TransformerSerializer.LoaderSignature)]

namespace MlNetNtd;

/// <summary>The stage in ML.NET's model zip.</summary>
/// <remarks>
/// <para>
/// ML.NET writes our assembly's name and our loader signature into the header of the model; its loader loads that
/// assembly, finds the attribute above and calls <see cref="Create"/>. Nothing has to be registered.
/// </para>
/// <para>
/// Behind the header: the column names (combined, mask or null, token count or null, previous, current) as
/// references to ML.NET's string table; then MaxTokens, MaskKind, PadToMaxTokens, Engine, BatchSize (0: by the
/// row's size) and C as 32-bit integers; then the initial embedding as C floats; from the second version on, TruncateToMaxTokens as a
/// 32-bit integer (in models of the first version false). All little-endian.
/// </para>
/// </remarks>
internal static class TransformerSerializer
{
    /// <summary>At most 24 characters.</summary>
    public const string LoaderSignature = "NextTokenDiscriminator";

    private const uint FirstVersion = 0x00010001;
    private const uint SecondVersion = 0x00010002;

    // The model signature is exactly 8 characters.
    private static VersionInfo Version => new(
        modelSignature: "NTDSTAGE",
        verWrittenCur: SecondVersion,
        verReadableCur: SecondVersion,
        verWeCanReadBack: FirstVersion,
        loaderAssemblyName: typeof(TransformerSerializer).Assembly.FullName,
        loaderSignature: LoaderSignature);

    /// <summary>Writes the settings of a transformer.</summary>
    public static void Save(ModelSaveContext file, TransformSettings settings)
    {
        file.CheckAtModel();
        file.SetVersionInfo(Version);
        file.SaveNonEmptyString(settings.CombinedColumn);
        file.SaveStringOrNull(settings.MaskColumn);
        file.SaveStringOrNull(settings.TokenCountColumn);
        file.SaveNonEmptyString(settings.PreviousColumn);
        file.SaveNonEmptyString(settings.CurrentColumn);

        var writer = file.Writer;
        writer.Write(settings.MaxTokens);
        writer.Write((int)settings.MaskKind);
        writer.Write(settings.PadToMaxTokens ? 1 : 0);
        writer.Write((int)settings.Engine);
        writer.Write(settings.BatchSize ?? 0);
        writer.Write(settings.EmbeddingDimension);
        foreach (var value in settings.InitialEmbedding)
            writer.Write(value);
        writer.Write(settings.TruncateToMaxTokens ? 1 : 0);
    }

    /// <summary>Called by ML.NET, by name, when it meets our loader signature in a model.</summary>
    /// <exception cref="FormatException">The model is damaged, or newer than this version reads.</exception>
    public static ITransformer Create(IHostEnvironment env, ModelLoadContext file)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(file);
        file.CheckAtModel(Version);
        return new NextTokenDiscriminatorTransformer(env, Load(env, file));
    }

    private static TransformSettings Load(IHostEnvironment env, ModelLoadContext file)
    {
        TransformSettings settings;
        try
        {
            settings = Read(env, file);
        }
        catch (EndOfStreamException e)
        {
            throw env.ModelFile("it ends too early", e);
        }

        ModelReaderExtensions.Check(env, settings.FindProblem());
        return settings;
    }

    private static TransformSettings Read(IHostEnvironment env, ModelLoadContext file)
    {
        // In the order in which Save writes.
        var reader = file.Reader;
        return new TransformSettings
        {
            CombinedColumn = ModelReaderExtensions.ReadName(env, file, "OutputColumnName") ?? "",
            MaskColumn = ModelReaderExtensions.ReadName(env, file, "MaskColumnName"),
            TokenCountColumn = ModelReaderExtensions.ReadName(env, file, "TokenCountColumnName"),
            PreviousColumn = ModelReaderExtensions.ReadName(env, file, "PreviousColumnName") ?? "",
            CurrentColumn = ModelReaderExtensions.ReadName(env, file, "CurrentColumnName") ?? "",
            MaxTokens = reader.ReadInt32(),
            MaskKind = (MaskKind)reader.ReadInt32(),
            PadToMaxTokens = ModelReaderExtensions.ReadFlag(env, reader, nameof(TransformSettings.PadToMaxTokens)),
            Engine = (EngineKind)reader.ReadInt32(),
            BatchSize = reader.ReadInt32() is var rows and not 0 ? rows : null,
            InitialEmbedding = ReadEmbedding(env, reader),
            TruncateToMaxTokens = file.Header.ModelVerWritten >= SecondVersion
                && ModelReaderExtensions.ReadFlag(env, reader, nameof(TransformSettings.TruncateToMaxTokens)),
        };
    }

    // The count is the file's word only: checked before it is allocated.
    private static ImmutableArray<float> ReadEmbedding(IHostEnvironment env, BinaryReader reader)
    {
        var count = reader.ReadInt32();
        ModelReaderExtensions.Check(env, TransformSettings.FindDimensionProblem(count));
        var left = ModelReaderExtensions.RemainingBytes(reader);
        if ((long)count * sizeof(float) > left)
            throw env.ModelFile($"InitialEmbedding: {count} values are announced, {left} bytes are left");

        return ImmutableCollectionsMarshal.AsImmutableArray(ModelReaderExtensions.ReadSingles(reader, count));
    }
}
