namespace MlNetNtd.Conformance.Tests;

// A field is one of the things to compare.
#pragma warning disable CA1051

/// <summary>Types as a stand-in might have them, beside what they should be in <see cref="RealSamples"/>.</summary>
public static class StandInSamples
{
    public enum Choice
    {
        One = 1,
        Two = 3,
    }

    public interface IShape
    {
        int Size { get; set; }
    }

    public class Figure;

    public class Shape : Figure, ICloneable
    {
        public const int Limit = 4;

        public readonly string Name = "";

        public Shape(int size) => Size = size;

        public int Size { get; set; }

        public event EventHandler? Changed;

        public static implicit operator int(Shape shape) => shape.Size;

        public virtual void Draw(in int x, params int[] others) => Changed?.Invoke(this, EventArgs.Empty);

        public T Make<T>(string? text = "a")
            where T : class => throw new NotSupportedException(text);

        public (int Width, int Height) Measure() => (Size, Size);

        public string? Find() => null;

        public int Extra() => 0;

        object ICloneable.Clone() => MemberwiseClone();

        internal int Hidden() => 0;
    }

    [AttributeUsage(AttributeTargets.Class)]
    public class MarkAttribute : Attribute;

    public readonly struct Point;
}

/// <summary>What <see cref="StandInSamples"/> should be.</summary>
public static class RealSamples
{
    public enum Choice : byte
    {
        One = 1,
        Two = 2,
    }

    public interface IShape
    {
        int Size { get; }

        void Draw();
    }

    public sealed class Shape
    {
        public const int Limit = 5;

        public string Name = "";

        public Shape(long size) => Size = (int)size;

        public int Size { get; private set; }

        public event EventHandler<EventArgs>? Changed;

        public static explicit operator int(Shape shape) => shape.Size;

        public void Draw(ref int x, int[] others) => Changed?.Invoke(this, EventArgs.Empty);

        public T Make<T>(string? text = "b")
            where T : struct => throw new NotSupportedException(text);

        public (int Width, int Depth) Measure() => (Size, Size);

        public string Find() => "";

        internal int Extra() => 0;
    }

    [AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
    public class MarkAttribute : Attribute;

    public struct Point;
}
