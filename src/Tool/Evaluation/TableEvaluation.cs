using Apache.Arrow.Types;
using Microsoft.ML;

namespace MlNetNtd.Tool;

/// <summary>Evaluates the scores of tables.</summary>
/// <param name="console">The console.</param>
/// <param name="names">The columns that have other names in the files.</param>
/// <param name="label">The model's name of the column of labels.</param>
internal sealed class TableEvaluation(ToolConsole console, ColumnNames names, string label)
{
    private const string TokenScores = "TokenScores";
    private const string Score = "Score";
    private const string Probability = "Probability";
    private const string PredictedLabel = "PredictedLabel";

    /// <summary>Evaluates files.</summary>
    /// <param name="files">The files, at least one.</param>
    /// <param name="model">Scores the rows; null: the files have scores.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ToolException">A column is missing or of the wrong type, or a row is invalid.</exception>
    public EvaluationResult Run(IReadOnlyList<string> files, LoadedModel? model, CancellationToken cancellationToken)
    {
        var source = new FileTableSource(files, console);
        var hasRowLabels = CheckLabel(source);
        try
        {
            var context = model?.Context ?? LoadedModel.CreateContext(message => CommandLine.Report(console, $"warning: {message}"));
            var view = new CancelableView(CreateScores(source, model), cancellationToken);
            if (!hasRowLabels)
                return new EvaluationResult(files.Count, null, context.BinaryClassification.EvaluateTokens(view, label));

            // Rows are read and scored once; two evaluators read what is kept of them.
            var kept = context.Data.Cache(view, label, TokenScores, Score, Probability, PredictedLabel);
            var tokens = context.BinaryClassification.EvaluateTokens(kept, label);
            return new EvaluationResult(files.Count, context.BinaryClassification.Evaluate(kept, label), tokens);
        }
        catch (Exception e) when (Find<ToolException>(e) is { } cause)
        {
            throw new ToolException(cause.Message, e);
        }
        catch (Exception e) when (Find<OperationCanceledException>(e) is not null)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception e) when (Find<InvalidRowException>(e) is { } cause)
        {
            throw TableRun.RowError(source, names, cause);
        }
        catch (ArgumentException e)
        {
            throw new ToolException($"{source.Name}: {ErrorText.WithoutParameter(e)}", e);
        }
    }

    private IDataView CreateScores(FileTableSource source, LoadedModel? model)
    {
        if (model is not null)
            return new TableRun(ModelPipeline.ForScores(model, model.RequireScorer()), names, [], keepInputs: false).Apply(source, out _);
        if (source.Schema.FieldsList.All(field => field.Name != names.ToFile(TokenScores)))
            throw new ToolException($"{source.Name}: expected column '{names.ToFile(TokenScores)}', which ntd score writes, or --model, found neither.");
        return new TableDataView(source, names);
    }

    private bool CheckLabel(FileTableSource source)
    {
        var name = names.ToFile(label);
        var field = source.Schema.FieldsList.FirstOrDefault(field => field.Name == name)
            ?? throw new ToolException($"{source.Name}: expected column '{name}', bool or list<bool>, found none; --label names another.");
        return field.DataType switch
        {
            BooleanType => true,
            ListType { ValueDataType: BooleanType } or FixedSizeListType { ValueDataType: BooleanType } => false,
            var type => throw new ToolException($"{source.Name}, column '{name}': expected bool or list<bool>, found {ColumnTypes.Name(type)}."),
        };
    }

    // ML.NET's cache wraps the errors of the thread that fills it.
    private static T? Find<T>(Exception error)
        where T : Exception
    {
        for (Exception? current = error; current is not null; current = current.InnerException)
        {
            if (current is T found)
                return found;
        }

        return null;
    }
}
