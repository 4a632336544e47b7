using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Rejects mask tensors that are likely to be misread: a tensor has no annotation that carries its kind.</summary>
/// <remarks>
/// On a CPU a valid Boolean mask costs reading one value per row, an additive one a pass over its values. On another device the
/// check runs there, and one number is read back.
/// </remarks>
internal static class MaskTensor
{
    /// <summary>Validates a mask.</summary>
    /// <param name="mask">(S, S) or (B, S, S), where S = T + T * K.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    /// <exception cref="ArgumentException">
    /// The mask has integers; it allows context positions to attend every candidate, the inverse of the next-token rule; it is
    /// floating-point and has only ones and zeros; or a value neither blocks nor is a bias.
    /// </exception>
    public static void Check(Tensor mask, int candidatesPerToken = 1)
    {
        if (mask.dtype is not (ScalarType.Bool or ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64))
        {
            throw Refused(
                "Boolean values (true = may NOT attend) or floating-point ones that are added to the scores (negative infinity = may not attend)",
                $"{mask.dtype}. Convert ones and zeros with .to(ScalarType.Bool), and invert them where 1 = may attend.");
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        // A mask that is expanded to all rows is checked once.
        var distinct = mask.dim() == 3 && mask.stride(0) == 0 ? mask[0] : mask;
        if (distinct.device_type != DeviceType.CPU && !LooksWrong(distinct))
            return;
        if (mask.dtype == ScalarType.Bool)
            CheckFlags(distinct.cpu(), candidatesPerToken);
        else
            CheckAdditive(distinct.detach().to(ScalarType.Float32).cpu(), candidatesPerToken);
    }

    /// <summary>
    /// Determines on the mask's own device whether <see cref="Check"/> would reject it, and reads back one value.
    /// </summary>
    public static bool LooksWrong(Tensor mask)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        // Under the rule the first query attends the first position and nothing else.
        var first = mask.select(-2, 0);
        if (mask.dtype == ScalarType.Bool)
            return first.select(-1, 0).any().cpu().item<bool>();
        using Scalar blocking = AdditiveMask.Blocking, bias = AdditiveMask.LargestBias, zero = 0f, one = 1f;
        var values = mask.detach().to(ScalarType.Float32);
        var unclear = values.abs().le(bias).logical_or(values.le(blocking)).logical_not().any();
        var selfBlocked = first.select(-1, 0).le(blocking).any();
        var flags = values.eq(zero).logical_or(values.eq(one)).flatten(mask.dim() - 2).all(-1).any();
        return unclear.logical_or(selfBlocked).logical_or(flags).cpu().item<bool>();
    }

    // The copies that the next two methods make belong to the caller's scope.
    private static void CheckFlags(Tensor mask, int candidatesPerToken)
    {
        var side = (int)mask.shape[^1];
        var flags = MemoryMarshal.Cast<byte, bool>(mask.contiguous().bytes);
        for (var (row, size) = (0, side * side); row * size < flags.Length; row++)
        {
            if (IsInverted(flags.Slice(row * size, size), side, candidatesPerToken, blocks: flags[row * size], static flag => flag))
                throw Refused("true where a query may NOT attend a key", Inverted(mask, row, "Pass mask.logical_not() where true = may attend (MaskKind.Allowed)"));
        }
    }

    private static void CheckAdditive(Tensor mask, int candidatesPerToken)
    {
        var side = (int)mask.shape[^1];
        var values = MemoryMarshal.Cast<byte, float>(mask.contiguous().bytes);
        for (var (row, size) = (0, side * side); row * size < values.Length; row++)
        {
            var rowMask = values.Slice(row * size, size);
            if (AdditiveMask.IndexOfUnclear(rowMask) is >= 0 and var index)
                throw Refused(AdditiveMask.Expected, FormattableString.Invariant($"{rowMask[index]} for query {index / side}, key {index % side}{DescribeRow(mask, row)}."));
            if (AdditiveMask.IsFlags(rowMask))
                throw Refused(AdditiveMask.FlagsExpected, $"ones and zeros alone{DescribeRow(mask, row)}, which block nothing. Convert them with .to(ScalarType.Bool), and invert them where 1 = may attend.");
            if (IsInverted(rowMask, side, candidatesPerToken, blocks: AdditiveMask.Blocks(rowMask[0]), AdditiveMask.Blocks))
                throw Refused("negative infinity where a query may not attend a key, else 0", Inverted(mask, row, "Exchange the two values"));
        }
    }

    // Under the rule the first query attends itself, and no context position attends a candidate. An inverted mask has both
    // reversed, whatever else it blocks.
    private static bool IsInverted<T>(ReadOnlySpan<T> mask, int side, int candidatesPerToken, bool blocks, Predicate<T> isBlocked)
    {
        if (!blocks)
            return false;
        for (var (query, tokens) = (0, side / (1 + candidatesPerToken)); query < tokens; query++)
        {
            foreach (var value in mask.Slice(query * side + tokens, side - tokens))
            {
                if (isBlocked(value))
                    return false;
            }
        }

        return true;
    }

    private static string Inverted(Tensor mask, int row, string advice) =>
        $"one that keeps the first position from itself and lets every context position attend every candidate{DescribeRow(mask, row)}, as the "
        + $"next-token rule does when inverted. {advice}, or pass the batch itself, which carries its MaskKind.";

    private static string DescribeRow(Tensor mask, int row) => mask.dim() == 3 ? $" (row {row})" : "";

#pragma warning disable CA2208 // The name of the parameter in the calling methods.
    private static ArgumentException Refused(string expected, string found) => new($"mask: expected {expected}, found {found}", "mask");
#pragma warning restore CA2208
}
