using static TorchSharp.torch;

namespace MlNetNtd.Benchmarks;

/// <summary>The machine's own matrix product, <c>torch.mm</c> of 1024 by 1024, on all of libtorch's threads.</summary>
internal sealed class MatrixProduct : Implementation
{
    public const string Text = "torch.mm, 1024";

    private const int Side = 1024;

    private readonly Tensor _left;
    private readonly Tensor _right;

    public MatrixProduct()
        : base(Text)
    {
        using var scope = NewDisposeScope();
        (_left, _right) = (randn(Side, Side).DetachFromDisposeScope(), randn(Side, Side).DetachFromDisposeScope());
    }

    /// <summary>Gets the floating-point operations of one product.</summary>
    public static double Operations => 2.0 * Side * Side * Side;

    public override void Run(int rows)
    {
        using var quiet = no_grad();
        for (var i = 0; i < rows; i++)
            _left.mm(_right).Dispose();
    }

    public override void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
    }
}
