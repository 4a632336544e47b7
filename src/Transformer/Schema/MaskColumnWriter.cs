using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>The mask as a column and as an annotation: its item type and its values, by <see cref="MaskKind"/>.</summary>
internal abstract class MaskColumnWriter
{
    /// <summary>The column type's items: Boolean or Single.</summary>
    public abstract PrimitiveDataViewType ItemType { get; }

    public static MaskColumnWriter Create(MaskKind kind) => kind == MaskKind.Additive
        ? new MaskColumnWriter<float>(NumberDataViewType.Single, NextTokenMask.FillAdditive)
        : new MaskColumnWriter<bool>(
            BooleanDataViewType.Instance,
            (destination, tokens, paddedTokens) => NextTokenMask.Fill(destination, tokens, paddedTokens, kind));

    /// <summary>A getter for the mask of whatever row is current.</summary>
    /// <param name="known">The layout of every row, where the schema tells it: then the mask is computed once.</param>
    /// <param name="current">The layout of the current row; throws where there is none.</param>
    public abstract Delegate CreateGetter(RowLayout? known, Func<RowLayout> current);

    /// <summary>Adds the mask that every row shares to a column's annotations.</summary>
    public abstract void Annotate(DataViewSchema.Annotations.Builder annotations, string name, RowLayout layout);

    /// <summary>The type of the mask of a layout, (2P, 2P); of unknown size where the layout is not known.</summary>
    public VectorDataViewType Type(int? paddedTokens) => paddedTokens is { } tokens
        ? new VectorDataViewType(ItemType, 2 * tokens, 2 * tokens)
        : new VectorDataViewType(ItemType);
}

/// <inheritdoc/>
internal sealed class MaskColumnWriter<TItem> : MaskColumnWriter
{
    public delegate void Filler(Span<TItem> destination, int tokens, int paddedTokens);

    private readonly Filler _fill;

    // Only layouts that a schema names come here, so there are as many as schemas of different size.
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

        var values = Values(layout);
        return (ValueGetter<VBuffer<TItem>>)((ref VBuffer<TItem> mask) =>
        {
            current();
            Copy(values, ref mask);
        });
    }

    public override void Annotate(DataViewSchema.Annotations.Builder annotations, string name, RowLayout layout) =>
        annotations.Add(
            name, Type(layout.PaddedTokens), (ValueGetter<VBuffer<TItem>>)((ref VBuffer<TItem> mask) => Copy(Values(layout), ref mask)));

    private static void Copy(TItem[] values, ref VBuffer<TItem> mask)
    {
        var editor = VBufferEditor.Create(ref mask, values.Length);
        values.CopyTo(editor.Values);
        mask = editor.Commit();
    }

    private TItem[] Values(RowLayout layout) => _masks.GetOrAdd(layout, key =>
    {
        var values = new TItem[key.MaskLength];
        _fill(values, key.Tokens, key.PaddedTokens);
        return values;
    });

    private void Write(ref VBuffer<TItem> mask, RowLayout layout)
    {
        var editor = VBufferEditor.Create(ref mask, layout.MaskLength);
        _fill(editor.Values, layout.Tokens, layout.PaddedTokens);
        mask = editor.Commit();
    }
}
