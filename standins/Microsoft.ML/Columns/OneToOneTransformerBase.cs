using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Transformers that make each added column of one input column.</summary>
public abstract class OneToOneTransformerBase : RowToRowTransformerBase
{
    internal readonly (string outputColumnName, string inputColumnName)[] ColumnPairs;

    private protected OneToOneTransformerBase(IHost host, params (string outputColumnName, string inputColumnName)[] columns)
        : base(host)
    {
        host.CheckValue(columns, nameof(columns));
        var outputs = new HashSet<string>();
        foreach ((string output, string input) in columns)
        {
            host.CheckNonEmpty(input, nameof(columns));
            host.CheckNonEmpty(output, nameof(columns));
            if (!outputs.Add(output))
                throw Contracts.ExceptParam(nameof(columns), $"Name of the result column '{output}' specified multiple times");
        }

        ColumnPairs = columns;
    }

    private protected DataViewSchema.Column[] InputColumns(DataViewSchema inputSchema)
        => [.. ColumnPairs.Select(pair => inputSchema.GetColumnOrNull(pair.inputColumnName)
            ?? throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", pair.inputColumnName))];
}
