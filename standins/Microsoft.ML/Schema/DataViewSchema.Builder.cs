using Microsoft.ML.Data;

namespace Microsoft.ML;

public sealed partial class DataViewSchema
{
    /// <summary>Collects columns and makes a schema of them.</summary>
    public sealed class Builder
    {
        private readonly List<DetachedColumn> _columns = [];

        public Builder()
        {
        }

        public void AddColumn(string name, DataViewType type, Annotations annotations = null)
            => _columns.Add(new DetachedColumn(name, type, annotations));

        public void AddColumns(IEnumerable<Column> source)
        {
            foreach (Column column in source)
                AddColumn(column.Name, column.Type, column.Annotations);
        }

        public void AddColumns(IEnumerable<DetachedColumn> source)
        {
            foreach (DetachedColumn column in source)
                AddColumn(column.Name, column.Type, column.Annotations);
        }

        public DataViewSchema ToSchema()
        {
            var lastByName = new Dictionary<string, int>();
            for (int i = 0; i < _columns.Count; i++)
                lastByName[_columns[i].Name] = i;

            Column[] columns = [.. _columns.Select((column, i) =>
                new Column(column.Name, i, lastByName[column.Name] != i, column.Type, column.Annotations))];
            return new DataViewSchema(columns, lastByName);
        }
    }
}
