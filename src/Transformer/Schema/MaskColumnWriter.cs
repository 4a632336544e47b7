using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>Writes the mask as a column and as an annotation; <see cref="MaskKind"/> determines the item type and the values.</summary>
internal abstract class MaskColumnWriter
{
    /// <summary>The item type of the mask: Boolean or Single.</summary>
    public abstract PrimitiveDataViewType ItemType { get; }

    public static MaskColumnWriter Create(MaskKind kind) => kind == MaskKind.Additive
        ? new MaskColumnWriter<float>(NumberDataViewType.Single, (destination, layout) => NextTokenMask.FillAdditive(destination, layout.Tokens, layout.PaddedTokens, layout.CandidatesPerToken))
        : new MaskColumnWriter<bool>(
            BooleanDataViewType.Instance,
            (destination, layout) => NextTokenMask.Fill(destination, layout.Tokens, layout.PaddedTokens, kind, layout.CandidatesPerToken));

    /// <summary>Creates a getter for the mask of the current row.</summary>
    /// <param name="known">The layout of every row, if the schema determines it: the mask is then computed once.</param>
    /// <param name="current">Gets the layout of the current row; throws if there is no current row.</param>
    public abstract Delegate CreateGetter(RowLayout? known, Func<RowLayout> current);

    /// <summary>Adds the mask of all rows to a column's annotations.</summary>
    public abstract void Annotate(DataViewSchema.Annotations.Builder annotations, string name, RowLayout layout);

    /// <summary>Creates the type of the mask of sequences of some positions; of unknown size if their number is null.</summary>
    public VectorDataViewType CreateType(int? positions) => positions is { } side
        ? new VectorDataViewType(ItemType, side, side)
        : new VectorDataViewType(ItemType);
}

/// <inheritdoc/>
internal sealed class MaskColumnWriter<TItem> : MaskColumnWriter
{
    public delegate void Filler(Span<TItem> destination, RowLayout layout);

    private readonly Filler _fill;

    // Holds only the layouts of schemas with a known size: one entry per such size.
    private readonly ConcurrentDictionary<RowLayout, TItem[]> _masks = new();

    public MaskColumnWriter(PrimitiveDataViewType itemType, Filler fill)
    {
        ItemType = itemType;
        _fill = fill;
    }

    public override PrimitiveDataViewType ItemType { get; }

    public override Delegate CreateGetter(RowLayout? known, Func<RowLayout> current)
    {
        if (known is not { } layout)
            return (ValueGetter<VBuffer<TItem>>)((ref VBuffer<TItem> mask) => Write(ref mask, current()));

        var values = GetValues(layout);
        return (ValueGetter<VBuffer<TItem>>)((ref VBuffer<TItem> mask) =>
        {
            current();
            Copy(values, ref mask);
        });
    }

    public override void Annotate(DataViewSchema.Annotations.Builder annotations, string name, RowLayout layout) =>
        annotations.Add(
            name, CreateType(layout.Positions), (ValueGetter<VBuffer<TItem>>)((ref VBuffer<TItem> mask) => Copy(GetValues(layout), ref mask)));

    private static void Copy(TItem[] values, ref VBuffer<TItem> mask)
    {
        var editor = VBufferEditor.Create(ref mask, values.Length);
        values.CopyTo(editor.Values);
        mask = editor.Commit();
    }

    private TItem[] GetValues(RowLayout layout) => _masks.GetOrAdd(layout, key =>
    {
        var values = new TItem[key.MaskLength];
        _fill(values, key);
        return values;
    });

    private void Write(ref VBuffer<TItem> mask, RowLayout layout)
    {
        var editor = VBufferEditor.Create(ref mask, layout.MaskLength);
        _fill(editor.Values, layout);
        mask = editor.Commit();
    }
}
