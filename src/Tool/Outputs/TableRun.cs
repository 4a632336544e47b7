using Apache.Arrow;
using Apache.Arrow.Types;
using Microsoft.ML;

namespace MlNetNtd.Tool;

/// <summary>Applies a model to a table and writes the results beside the table's own columns.</summary>
/// <param name="pipeline">The stages and the columns that they write.</param>
/// <param name="names">The columns that have other names in the file.</param>
/// <param name="dropped">Columns of the file that are not written.</param>
/// <param name="keepInputs">Whether the columns of the sequences are written too.</param>
internal sealed class TableRun(ModelPipeline pipeline, ColumnNames names, IReadOnlyCollection<string> dropped, bool keepInputs)
{
    // Results are written when they reach this size, even within a record batch of the input: a mask takes far more than its row.
    private const int MaxPendingValues = 1 << 24;

    /// <summary>Processes a table.</summary>
    /// <param name="reader">The table.</param>
    /// <param name="metadata">Metadata to add to the table's own.</param>
    /// <param name="create">Creates the result from its columns.</param>
    /// <param name="progress">Gets the number of rows since the last call.</param>
    /// <param name="maxRows">The number of rows to process at most.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ToolException">A column is missing or of the wrong type, or a row is invalid.</exception>
    public void Run(
        ITableReader reader, IReadOnlyDictionary<string, string> metadata, Func<Schema, ITableWriter> create, Action<long> progress,
        long maxRows, CancellationToken cancellationToken)
    {
        using var source = new SingleTableSource(reader);
        try
        {
            var output = Apply(source, out var columns);
            using var cursor = output.GetRowCursor(columns);
            OutputColumn[] results = [.. columns.Select(column => OutputColumn.Create(cursor, column))];
            int[] kept = [.. FindKept(reader, results)];
            var schema = CreateSchema(reader.Schema, kept, results, metadata);
            using var writer = create(schema);
            Write(source, cursor, results, kept, schema, writer, progress, maxRows, cancellationToken);
            writer.Finish();
        }
        catch (InvalidRowException e)
        {
            throw RowError(source, names, e);
        }
    }

    /// <summary>Applies the stages to the rows of a table.</summary>
    /// <exception cref="ToolException">A column is missing or of the wrong type.</exception>
    public IDataView Apply(TableSource source, out IReadOnlyList<DataViewSchema.Column> columns)
    {
        foreach (var input in pipeline.Inputs)
            CheckInput(source, names.ToFile(input), input);
        try
        {
            return pipeline.Apply(new TableDataView(source, names), out columns);
        }
        catch (ArgumentException e)
        {
            throw new ToolException($"{source.Name}: {ErrorText.WithoutParameter(e)}", e);
        }
    }

    /// <summary>Names the file and the row of an error.</summary>
    public static ToolException RowError(TableSource source, ColumnNames names, InvalidRowException error)
    {
        var (file, row) = source.Locate(error.Row);
        var column = error.ColumnName is { } name ? $", column '{names.ToFile(name)}'" : "";
        return new ToolException($"{file}, row {row}{column}: expected {error.Expected}, found {error.Found}.", error);
    }

    private static void CheckInput(TableSource source, string column, string modelName)
    {
        var field = source.Schema.FieldsList.FirstOrDefault(field => field.Name == column)
            ?? throw new ToolException(
                $"{source.Name}: expected column '{column}', list<float>, found {string.Join(", ", source.Schema.FieldsList.Select(field => $"'{field.Name}'"))}; --column {modelName}=NAME names another.");
        var isFloatList = field.DataType switch
        {
            ListType list => list.ValueDataType is FloatType,
            LargeListType list => list.ValueDataType is FloatType,
            FixedSizeListType list => list.ValueDataType is FloatType,
            _ => false,
        };
        if (!isFloatList)
            throw new ToolException($"{source.Name}, column '{column}': expected list<float> or fixed_size_list<float>, found {ColumnTypes.Name(field.DataType)}.");
    }

    private static void Write(
        SingleTableSource source, DataViewRowCursor cursor, OutputColumn[] results, int[] kept, Schema schema, ITableWriter writer,
        Action<long> progress, long maxRows, CancellationToken cancellationToken)
    {
        var (written, pending, total) = (0, 0, 0L);
        while (total < maxRows && cursor.MoveNext())
        {
            foreach (var result in results)
                result.Append();
            (pending, total) = (pending + 1, total + 1);
            // Record batches without rows have no results to wait for.
            while (source.Peek() is { Rows.Length: 0 })
                source.Take().Rows.Dispose();
            var batch = source.Peek()!.Rows;
            var isEnd = written + pending == batch.Length;
            if (!isEnd && results.Sum(result => (long)result.PendingValues) < MaxPendingValues)
                continue;

            cancellationToken.ThrowIfCancellationRequested();
            Emit(batch, written, pending);
            progress(pending);
            (written, pending) = isEnd ? (0, 0) : (written + pending, 0);
            if (isEnd)
                source.Take().Rows.Dispose();
        }

        if (pending > 0)
            Emit(source.Peek()!.Rows, written, pending);
        else if (total < maxRows && source.Peek() is { Rows.Length: > 0 } left)
            throw new ToolException($"{left.File}: expected a result for each row, found none for row {left.FirstRow + written}: the model filters rows.");

        // The arrays belong to the input and are disposed with it.
        void Emit(RecordBatch batch, int first, int count)
        {
            var isWhole = first == 0 && count == batch.Length;
            writer.Write(new RecordBatch(
                schema,
                [.. kept.Select(i => isWhole ? batch.Column(i) : ArrowArrayFactory.Slice(batch.Column(i), first, count)), .. results.Select(result => result.Take())],
                count));
        }
    }

    private IEnumerable<int> FindKept(ITableReader reader, OutputColumn[] results)
    {
        var fields = reader.Schema.FieldsList;
        foreach (var name in dropped)
        {
            if (fields.All(field => field.Name != name))
                throw new ToolException($"{reader.Name}: expected column '{name}', which --drop names, found none.");
        }

        for (var i = 0; i < fields.Count; i++)
        {
            var name = fields[i].Name;
            if (dropped.Contains(name) || (!keepInputs && pipeline.Inputs.Any(input => names.ToFile(input) == name)))
                continue;
            if (results.Any(result => result.Field.Name == name))
                throw new ToolException($"{reader.Name}: expected no column '{name}', which the model writes, found one; --drop {name} leaves it out.");
            yield return i;
        }
    }

    private static Schema CreateSchema(Schema input, int[] kept, OutputColumn[] results, IReadOnlyDictionary<string, string> metadata)
    {
        var merged = new Dictionary<string, string>(input.Metadata ?? new Dictionary<string, string>());
        foreach (var (key, value) in metadata)
            merged[key] = value;
        return new Schema([.. kept.Select(i => input.FieldsList[i]), .. results.Select(result => result.Field)], merged);
    }
}
