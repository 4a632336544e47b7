using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Reads scored rows once and sums them up.</summary>
internal sealed class BinaryEvaluation
{
    private readonly DataViewSchema.Column _label;
    private readonly DataViewSchema.Column _score;
    private readonly DataViewSchema.Column _probability;

    public BinaryEvaluation(
        IExceptionContext context, DataViewSchema.Column label, DataViewSchema.Column score, DataViewSchema.Column probability)
    {
        (_label, _score, _probability) = (label, score, probability);
        if (score.Type != NumberDataViewType.Single)
            throw context.ExceptSchemaMismatch("schema", "score", score.Name, "Single", score.Type.ToString());
        if (label.Type != BooleanDataViewType.Instance && label.Type != NumberDataViewType.Single)
        {
            throw context.ExceptSchemaMismatch(
                "schema", "label", label.Name, "Single, Double, Boolean, or a Key with cardinality 2", label.Type.ToString());
        }

        if (probability.Type != NumberDataViewType.Single)
            throw context.ExceptSchemaMismatch("schema", "probability", probability.Name, "Single", probability.Type.ToString());
    }

    public CalibratedBinaryClassificationMetrics Run(IDataView data)
    {
        using DataViewRowCursor cursor = data.GetRowCursor([_label, _score, _probability]);
        Func<float> label = LabelReader(cursor);
        ValueGetter<float> score = cursor.GetGetter<float>(_score);
        ValueGetter<float> probability = cursor.GetGetter<float>(_probability);
        var positives = new List<float>();
        var negatives = new List<float>();
        double right = 0;
        double loss = 0;
        while (cursor.MoveNext())
        {
            float value = 0;
            float chance = 0;
            float truth = label();
            score(ref value);
            probability(ref chance);
            // Rows without a score or a label count for nothing.
            if (!float.IsFinite(value) || float.IsNaN(truth))
                continue;

            (truth > 0 ? positives : negatives).Add(value);
            right += value > 0 == truth > 0 ? 1 : 0;
            loss -= Math.Log(truth > 0 ? chance : 1.0 - chance, 2);
        }

        double rows = positives.Count + negatives.Count;
        return new CalibratedBinaryClassificationMetrics(Auc(positives, negatives), right / rows, loss / rows);
    }

    private Func<float> LabelReader(DataViewRowCursor row)
    {
        if (_label.Type == NumberDataViewType.Single)
        {
            ValueGetter<float> number = row.GetGetter<float>(_label);
            return () =>
            {
                float value = 0;
                number(ref value);
                return value;
            };
        }

        ValueGetter<bool> flag = row.GetGetter<bool>(_label);
        return () =>
        {
            bool value = false;
            flag(ref value);
            return value ? 1 : 0;
        };
    }

    private static double Auc(List<float> positives, List<float> negatives)
    {
        Contracts.CheckParam(positives.Count > 0, "PosSample", "AUC is not defined when there is no positive class in the data");
        Contracts.CheckParam(negatives.Count > 0, "NegSample", "AUC is not defined when there is no negative class in the data");

        positives.Sort();
        negatives.Sort();
        double wins = 0;
        int below = 0;
        int notAbove = 0;
        foreach (float score in positives)
        {
            while (below < negatives.Count && negatives[below] < score)
                below++;
            while (notAbove < negatives.Count && negatives[notAbove] <= score)
                notAbove++;
            wins += (below + notAbove) / 2.0;
        }

        return wins / ((double)positives.Count * negatives.Count);
    }
}
