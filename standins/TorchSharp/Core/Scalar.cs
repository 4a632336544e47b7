#nullable disable

namespace TorchSharp;

/// <summary>
/// A plain number beside tensors. As in libtorch it remembers only its kind: Boolean, integer (64 bits) or
/// floating point (64 bits).
/// </summary>
public sealed class Scalar : IDisposable
{
    private readonly torch.ScalarType _type;
    private readonly long _integer;
    private readonly double _real;
    private bool _disposed;

    internal Scalar(long value)
    {
        _type = torch.ScalarType.Int64;
        _integer = value;
        _real = value;
    }

    internal Scalar(double value)
    {
        _type = torch.ScalarType.Float64;
        _real = value;
        _integer = (long)value;
    }

    internal Scalar(bool value)
    {
        _type = torch.ScalarType.Bool;
        _integer = value ? 1 : 0;
        _real = _integer;
    }

    public torch.ScalarType Type
    {
        get
        {
            Check();
            return _type;
        }
    }

    internal long Integer
    {
        get
        {
            Check();
            return _integer;
        }
    }

    internal double Real
    {
        get
        {
            Check();
            return _real;
        }
    }

    internal bool IsTrue => _type == torch.ScalarType.Float64 ? Real != 0 : Integer != 0;

    public static implicit operator Scalar(byte value) => new((long)value);

    public static implicit operator Scalar(sbyte value) => new((long)value);

    public static implicit operator Scalar(short value) => new((long)value);

    public static implicit operator Scalar(int value) => new((long)value);

    public static implicit operator Scalar(long value) => new(value);

    public static implicit operator Scalar(Half value) => new((double)value);

    public static implicit operator Scalar(float value) => new((double)value);

    public static implicit operator Scalar(double value) => new(value);

    public static implicit operator Scalar(bool value) => new(value);

    public void Dispose() => _disposed = true;

    private void Check()
    {
        if (_disposed)
            throw new InvalidOperationException("The scalar was disposed.");
    }
}
