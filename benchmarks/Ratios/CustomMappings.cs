using Microsoft.ML;
using TorchSharp;

namespace MlNetNtd.Benchmarks;

/// <summary>The code that users of ML.NET write without this library.</summary>
internal static class CustomMappings
{
    /// <summary>Fills arrays, row by row.</summary>
    public static IDataView Arrays(IDataView input, Shape shape) => Map(input, (row, result) =>
    {
        var tokens = row.PreviousEmbeddings.Length / shape.Dimension;
        result.Combined = Combine(row, shape.Dimension);
        result.Mask = Mask(tokens);
    });

    /// <summary>Fills arrays, row by row, and computes the mask once for all rows.</summary>
    public static IDataView SharedMask(IDataView input, Shape shape)
    {
        var mask = Mask(shape.Tokens);
        return Map(input, (row, result) =>
        {
            result.Combined = Combine(row, shape.Dimension);
            result.Mask = mask;
        });
    }

    /// <summary>Calls the TorchSharp module, row by row.</summary>
    public static IDataView Module(IDataView input, Shape shape)
    {
        var module = new NextTokenDiscriminator(shape.Dimension, shape.Tokens);
        return Map(input, (row, result) =>
        {
            using var scope = torch.NewDisposeScope();
            using var quiet = torch.no_grad();
            var previous = torch.tensor(row.PreviousEmbeddings, [1, shape.Tokens, shape.Dimension]);
            var current = torch.tensor(row.CurrentEmbeddings, [1, shape.Tokens, shape.Dimension]);
            var (sequences, mask) = module.call(previous, current);
            result.Combined = sequences.data<float>().ToArray();
            result.Mask = mask.data<bool>().ToArray();
        });
    }

    private static float[] Combine(SequenceRow row, int dimension)
    {
        var half = row.PreviousEmbeddings.Length;
        var combined = new float[2 * half];
        Array.Copy(row.PreviousEmbeddings, 0, combined, dimension, half - dimension);
        Array.Copy(row.CurrentEmbeddings, 0, combined, half, half);
        return combined;
    }

    private static bool[] Mask(int tokens)
    {
        var width = 2 * tokens;
        var mask = new bool[width * width];
        for (var query = 0; query < width; query++)
        {
            for (var key = 0; key < width; key++)
            {
                mask[query * width + key] = key < tokens
                    ? key > query % tokens
                    : query < tokens || key != query;
            }
        }

        return mask;
    }

    private static IDataView Map(IDataView input, Action<SequenceRow, JoinedRow> mapping) =>
        new MLContext(seed: 1).Transforms.CustomMapping(mapping, contractName: null).Fit(input).Transform(input);
}
