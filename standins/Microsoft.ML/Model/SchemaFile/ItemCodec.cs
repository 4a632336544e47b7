using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data.IO;

/// <summary>How items of a primitive type are named and packed in a binary data view.</summary>
internal abstract class ItemCodec
{
    private static readonly ItemCodec[] All =
    [
        Plain<sbyte>(NumberDataViewType.SByte, (writer, value) => writer.Write(value), reader => reader.ReadSByte()),
        Plain<byte>(NumberDataViewType.Byte, (writer, value) => writer.Write(value), reader => reader.ReadByte()),
        Plain<short>(NumberDataViewType.Int16, (writer, value) => writer.Write(value), reader => reader.ReadInt16()),
        Plain<ushort>(NumberDataViewType.UInt16, (writer, value) => writer.Write(value), reader => reader.ReadUInt16()),
        Plain<int>(NumberDataViewType.Int32, (writer, value) => writer.Write(value), reader => reader.ReadInt32()),
        Plain<uint>(NumberDataViewType.UInt32, (writer, value) => writer.Write(value), reader => reader.ReadUInt32()),
        Plain<long>(NumberDataViewType.Int64, (writer, value) => writer.Write(value), reader => reader.ReadInt64()),
        Plain<ulong>(NumberDataViewType.UInt64, (writer, value) => writer.Write(value), reader => reader.ReadUInt64()),
        Plain<float>(NumberDataViewType.Single, (writer, value) => writer.Write(value), reader => reader.ReadSingle()),
        Plain<double>(NumberDataViewType.Double, (writer, value) => writer.Write(value), reader => reader.ReadDouble()),
        Plain<TimeSpan>(TimeSpanDataViewType.Instance, (writer, value) => writer.Write(value.Ticks), reader => new TimeSpan(reader.ReadInt64())),
        Plain<DateTime>(DateTimeDataViewType.Instance, (writer, value) => writer.Write(value.Ticks), reader => new DateTime(reader.ReadInt64())),
        Plain<DataViewRowId>(RowIdDataViewType.Instance,
            (writer, value) =>
            {
                writer.Write(value.Low);
                writer.Write(value.High);
            },
            reader => new DataViewRowId(reader.ReadUInt64(), reader.ReadUInt64())),
        new TextCodec(),
        new BooleanCodec(),
        new DateTimeOffsetCodec(),
    ];

    private static readonly Dictionary<string, ItemCodec> ByName = All.ToDictionary(codec => codec.Name);
    private static readonly Dictionary<Type, ItemCodec> ByRawType = All.ToDictionary(codec => codec.Type.RawType);

    protected ItemCodec(PrimitiveDataViewType type, string name) => (Type, Name) = (type, name);

    public PrimitiveDataViewType Type { get; }

    public string Name { get; }

    public static ItemCodec OrNull(string name) => ByName.GetValueOrDefault(name);

    public static ItemCodec<T> Of<T>() => (ItemCodec<T>)ByRawType[typeof(T)];

    public static string NameOf(Type rawType) => ByRawType[rawType].Name;

    private static PlainCodec<T> Plain<T>(PrimitiveDataViewType type, Action<BinaryWriter, T> write, Func<BinaryReader, T> read)
        => new(type, write, read);

    /// <summary>One item after another.</summary>
    private sealed class PlainCodec<T> : ItemCodec<T>
    {
        private readonly Action<BinaryWriter, T> _write;
        private readonly Func<BinaryReader, T> _read;

        public PlainCodec(PrimitiveDataViewType type, Action<BinaryWriter, T> write, Func<BinaryReader, T> read)
            : base(type, typeof(T).Name)
            => (_write, _read) = (write, read);

        public override void Write(BinaryWriter writer, ReadOnlySpan<T> items)
        {
            foreach (T item in items)
                _write(writer, item);
        }

        public override T[] Read(BinaryReader reader, int count)
        {
            // Collected one by one: a claimed count is not to be trusted with an allocation.
            var items = new List<T>();
            for (int i = 0; i < count; i++)
                items.Add(_read(reader));
            return [.. items];
        }
    }

    /// <summary>The number of texts, where each ends, and all of them as one string.</summary>
    private sealed class TextCodec : ItemCodec<ReadOnlyMemory<char>>
    {
        public TextCodec()
            : base(TextDataViewType.Instance, "TextSpan")
        {
        }

        public override void Write(BinaryWriter writer, ReadOnlySpan<ReadOnlyMemory<char>> items)
        {
            var all = new StringBuilder();
            writer.Write(items.Length);
            foreach (ReadOnlyMemory<char> item in items)
                writer.Write(all.Append(item).Length);
            writer.Write(all.ToString());
        }

        public override ReadOnlyMemory<char>[] Read(BinaryReader reader, int count)
        {
            Contracts.CheckDecode(reader.ReadInt32() == count);
            int[] ends = Of<int>().Read(reader, count);
            ReadOnlyMemory<char> all = reader.ReadString().AsMemory();
            var items = new ReadOnlyMemory<char>[count];
            int start = 0;
            for (int i = 0; i < count; i++)
            {
                Contracts.CheckDecode(start <= ends[i] && ends[i] <= all.Length);
                items[i] = all[start..ends[i]];
                start = ends[i];
            }

            Contracts.CheckDecode(start == all.Length);
            return items;
        }
    }

    /// <summary>Eight to a byte, the lowest bit first.</summary>
    private sealed class BooleanCodec : ItemCodec<bool>
    {
        public BooleanCodec()
            : base(BooleanDataViewType.Instance, "Boolean")
        {
        }

        public override void Write(BinaryWriter writer, ReadOnlySpan<bool> items)
        {
            var bits = new byte[(items.Length + 7) / 8];
            for (int i = 0; i < items.Length; i++)
            {
                if (items[i])
                    bits[i / 8] |= (byte)(1 << (i % 8));
            }

            writer.Write(bits);
        }

        public override bool[] Read(BinaryReader reader, int count)
        {
            byte[] bits = Of<byte>().Read(reader, (int)(((long)count + 7) / 8));
            var items = new bool[count];
            for (int i = 0; i < count; i++)
                items[i] = (bits[i / 8] & (1 << (i % 8))) != 0;
            return items;
        }
    }

    /// <summary>All offsets in minutes, then all clock times.</summary>
    private sealed class DateTimeOffsetCodec : ItemCodec<DateTimeOffset>
    {
        public DateTimeOffsetCodec()
            : base(DateTimeOffsetDataViewType.Instance, "DateTimeOffset")
        {
        }

        public override void Write(BinaryWriter writer, ReadOnlySpan<DateTimeOffset> items)
        {
            foreach (DateTimeOffset item in items)
                writer.Write((short)item.Offset.TotalMinutes);
            foreach (DateTimeOffset item in items)
                writer.Write(item.DateTime.Ticks);
        }

        public override DateTimeOffset[] Read(BinaryReader reader, int count)
        {
            short[] minutes = Of<short>().Read(reader, count);
            long[] ticks = Of<long>().Read(reader, count);
            return [.. ticks.Select((clock, i) => new DateTimeOffset(clock, TimeSpan.FromMinutes(minutes[i])))];
        }
    }
}

internal abstract class ItemCodec<T> : ItemCodec
{
    protected ItemCodec(PrimitiveDataViewType type, string name)
        : base(type, name)
    {
    }

    public abstract void Write(BinaryWriter writer, ReadOnlySpan<T> items);

    public abstract T[] Read(BinaryReader reader, int count);
}
