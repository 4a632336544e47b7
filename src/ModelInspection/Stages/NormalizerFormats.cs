using System.Globalization;

namespace MlNetNtd;

/// <summary>The formats of numeric transforms: normalizers, their functions, and projections. Whitening is native code and not checked.</summary>
internal static class NormalizerFormats
{
    private const uint Version2 = 0x00010002;
    private const uint Version3 = 0x00010003;

    private static readonly StageFormat Bins = new([], ["BIN NORM"], StageKind.Part, ReadBins);

    public static readonly StageFormat[] All =
    [
        new(["Normalizer", "NormalizeTransform", "NormalizeFunction"], ["NORMALZR", "NORMFUNC"], StageKind.Transformer, ReadNormalizer),
        new(["AffineNormExec"], ["AFF NORM"], StageKind.ColumnFunction, ReadAffine),
        new(["CdfNormalizeFunction"], ["CDFNORMF"], StageKind.ColumnFunction, ReadCdf),
        new(["BinNormalizeFunction"], ["BINNORMF"], StageKind.ColumnFunction, ReadBin),
        new(["GcnTransform", "GcnFunction"], ["GCNORMAF"], StageKind.Transformer, ReadLpNorm),
        new(["PcaTransform"], ["PCA FUNC"], StageKind.Transformer, ReadPca),
        new(["RffTransform", "RffFunction"], ["RFF FUNC"], StageKind.Transformer, ReadFourier),
        new(["RandGaussFourierExec", "GaussianSamplerExecutor"], ["RND GAUS"], StageKind.Model, ReadSampler),
        new(["RandLaplacianFourierExec", "LaplacianSamplerExecutor"], ["RND LPLC"], StageKind.Model, ReadSampler),
    ];

    private static void ReadNormalizer(ref StageReader reader)
    {
        const int MaxRank = 64;
        var isEarliest = reader.Signature == "NORMFUNC";
        if (isEarliest)
            reader.FloatSize();
        var columns = reader.Pairs();
        for (var i = 0; i < columns; i++)
        {
            reader.Model($"Normalizer_{StageReader.Number(i)}", StageKind.ColumnFunction);
            if (isEarliest)
                continue;
            var isVector = reader.Flag("vector");
            if (reader.Version < Version2)
                reader.Int32("size", 0, int.MaxValue);
            reader.Byte("type");
            if (isVector && reader.Version >= Version2)
                reader.Items("dimensions", reader.Int32("rank", 0, MaxRank), sizeof(int));
        }
    }

    private static int NumberSize(ref StageReader reader)
    {
        var size = reader.Int32("size of a number", sizeof(float), sizeof(double));
        return size is sizeof(float) or sizeof(double) ? size : throw reader.CreateError("size of a number", "4 or 8", $"{size}");
    }

    private static void ReadAffine(ref StageReader reader)
    {
        const int Dense = -1;
        var number = NumberSize(ref reader);
        var size = reader.Int32("slots", 1, int.MaxValue);
        // ML.NET expands sparse slots.
        reader.Charge("slots", 2L * size * number);
        var sparse = reader.Int32("slots that are not 1", Dense, size - 1);
        if (sparse != Dense)
            reader.Items("slots that are not 1", sparse, sizeof(int));
        var values = sparse == Dense ? size : sparse;
        reader.Items("scales", reader.Int32("scales", values, values), number);
        var offsets = reader.Int32("offsets", 0, values);
        if (offsets != 0 && offsets != values)
            throw reader.CreateError("offsets", $"0 or {values}", $"{offsets}");
        reader.Items("offsets", offsets, number);
    }

    private static void ReadCdf(ref StageReader reader)
    {
        var number = NumberSize(ref reader);
        reader.Flag("logarithm");
        var size = reader.Int32("slots", 1, int.MaxValue);
        reader.Items("means", size, number);
        reader.Items("deviations", size, number);
    }

    private static void ReadBin(ref StageReader reader)
    {
        reader.Flag("zero stays");
        reader.Part("BinNormalizer", Bins);
    }

    private static void ReadBins(ref StageReader reader)
    {
        var number = NumberSize(ref reader);
        var slots = reader.Count("slots", sizeof(int) + number, LoadBudget.Item, atLeast: 1);
        for (var i = 0; i < slots; i++)
            reader.Array("bounds", number, atLeast: 1);
    }

    private static void ReadLpNorm(ref StageReader reader)
    {
        if (reader.Version < Version3)
            reader.FloatSize();
        var columns = reader.Pairs();
        for (var i = 0; i < columns; i++)
        {
            reader.Flag("zero mean");
            reader.Byte("norm");
            reader.Bytes("scale", sizeof(float));
        }
    }

    private static void ReadPca(ref StageReader reader)
    {
        if (reader.Version < Version2)
            reader.FloatSize();
        var columns = reader.Pairs();
        for (var i = 0; i < columns; i++)
        {
            var dimension = reader.Int32("dimension", 1, int.MaxValue);
            var rank = reader.Int32("rank", 1, dimension);
            reader.Items("eigenvectors", (long)rank * dimension, sizeof(float));
            reader.Charge("eigenvectors", (long)rank * LoadBudget.Item);
            reader.Array("projected mean", sizeof(float));
        }
    }

    private static void ReadFourier(ref StageReader reader)
    {
        const int StateBytes = 16;
        const int MaxDimension = 1 << 24;
        const int Alignment = 16;
        // ML.NET draws the coefficients when it loads the transform.
        const int Cost = 32;
        if (reader.Version < Version2)
            reader.FloatSize();
        var columns = reader.Pairs();
        for (var i = 0; i < columns; i++)
        {
            var from = reader.Int32("source's dimension", 1, MaxDimension);
            var to = reader.Int32("dimension", 1, MaxDimension);
            reader.Charge("dimension", (from + (long)Alignment) * (to + Alignment) * Cost);
            reader.Flag("sine");
            reader.Int32("generator's state", sizeof(uint), sizeof(uint));
            reader.Bytes("generator's state", StateBytes);
            reader.Model(string.Create(CultureInfo.InvariantCulture, $"MatrixGenerator{i}"), StageKind.Model);
        }
    }

    private static void ReadSampler(ref StageReader reader)
    {
        reader.FloatSize();
        reader.Bytes("parameter", sizeof(float));
    }
}
