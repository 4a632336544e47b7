using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Fuzz;

/// <summary>Options from JSON: the transform is fitted with its own, and the trainer is created with its own.</summary>
internal sealed class OptionsTarget : FuzzTarget
{
    // In front of the JSON: whose options.
    private const byte Stage = (byte)'s';
    private const byte Trainer = (byte)'t';

    private readonly MLContext _context = new(seed: 1);
    private readonly IDataView _view;

    public OptionsTarget() => _view = _context.Data.LoadFromEnumerable([new Row()]);

    public override string Name => "options";

    public override IReadOnlyList<byte[]> Corpus { get; } =
    [
        [Stage, .. JsonSerializer.SerializeToUtf8Bytes(new NextTokenDiscriminatorEstimator.Options())],
        [Stage, .. JsonSerializer.SerializeToUtf8Bytes(new NextTokenDiscriminatorEstimator.Options { InitialEmbedding = [1, 2], MaskColumnName = null, MaxTokens = 9 })],
        [Trainer, .. JsonSerializer.SerializeToUtf8Bytes(new NextTokenDiscriminatorTrainer.Options())],
        [Trainer, .. "{}"u8],
    ];

    public override IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. new[] { "null", "\"\"", "\" \"", "-1", "0", "1e400", "2147483648", "\"NaN\"", "[]", "{}", "[null]", "[1e39]", "true", "\"Blocked\"", "99" }
            .Select(Encoding.UTF8.GetBytes),
    ];

    public override byte[] Mutate(Mutator mutator)
    {
        var whole = mutator.Pick(Corpus);
        if (mutator.OneIn(4))
            return [whole[0], .. mutator.Bytes(whole[1..])];

        // JSON with other values in it.
        var json = JsonNode.Parse(whole.AsSpan(1))!.AsObject();
        var names = json.Select(property => property.Key).ToList();
        for (var changes = 1 + mutator.Below(3); changes > 0 && names.Count > 0; changes--)
            json[mutator.Pick(names)] = Value(mutator);
        return [whole[0], .. Encoding.UTF8.GetBytes(json.ToJsonString())];
    }

    public override void Read(byte[] input)
    {
        var json = input.AsSpan(Math.Min(1, input.Length));
        if (input.AsSpan().StartsWith([Stage]))
        {
            var options = Parse<NextTokenDiscriminatorEstimator.Options>(json);
            using var stage = _context.Transforms.NextTokenDiscriminator(options).Fit(_view);
            Compare(options);
        }
        else
        {
            var options = Parse<NextTokenDiscriminatorTrainer.Options>(json);
            _context.BinaryClassification.Trainers.NextTokenDiscriminator(options);
            Compare(options);
            CheckStep(options);
        }
    }

    /// <summary>JSON that is none, options out of their range, columns that are not there.</summary>
    public override bool IsDocumented(Exception exception) => exception is JsonException or ArgumentException;

    private static T Parse<T>(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<T>(json) ?? throw new JsonException("null");

    private static void Compare<T>(T options)
    {
        var first = JsonSerializer.Serialize(options);
        if (JsonSerializer.Serialize(Parse<T>(Encoding.UTF8.GetBytes(first))) != first)
            throw new FindingException("options that were accepted, written, read and written are not the same");
    }

    // What the optimizer multiplies by is a number of 32 bits in libtorch, which ends a training for one that is none.
    private static void CheckStep(NextTokenDiscriminatorTrainer.Options options)
    {
        var learning = options.ToLearnerOptions(3);
        foreach (var step in new long[] { 0, 1, learning.TotalSteps!.Value })
        {
            var rate = learning.GetLearningRate(step);
            foreach (var factor in new[] { rate / (1 - learning.Beta1), 1 - rate * learning.WeightDecay })
            {
                if (!float.IsFinite((float)factor))
                    throw new FindingException($"step {step} multiplies by {factor}");
            }
        }
    }

    private static JsonNode? Value(Mutator mutator) => mutator.Below(8) switch
    {
        0 => null,
        1 => JsonValue.Create(mutator.Number() * 1e-3),
        2 => JsonValue.Create(mutator.Pick(["", " ", "Combined", "\0", "a\"b", "PreviousEmbeddings"])),
        3 => JsonValue.Create(mutator.OneIn(2)),
        4 => new JsonArray([.. Enumerable.Range(0, mutator.Below(4)).Select(_ => (JsonNode?)JsonValue.Create(mutator.Number()))]),
        5 => JsonValue.Create(mutator.Pick([1e-300, 1e300, 1e35, 0.5, -0.0, 1.0])),
        _ => JsonValue.Create(mutator.Number()),
    };

    private sealed class Row
    {
        [VectorType(3, 2)]
        public float[] PreviousEmbeddings { get; set; } = new float[6];

        [VectorType(3, 2)]
        public float[] CurrentEmbeddings { get; set; } = new float[6];
    }
}
