using System.CommandLine;

namespace MlNetNtd.Tool;

/// <summary>ntd score: scores the tokens of each row.</summary>
internal static class ScoreCommand
{
    public static Command Create(ToolConsole console)
    {
        var model = CommonOptions.Model(required: true);
        var badRows = new Option<BadRowPolicy?>("--bad-rows")
        {
            Description = "What to do with a row that cannot be scored. Default: as the model was saved, error unless it was changed",
            HelpName = "error|skip|truncate|truncateorskip",
        };
        var probabilities = new Option<bool>("--token-probabilities") { Description = "Writes the probability of each token too" };
        var (tables, modelOptions) = (new TableOptions(), new ModelOptions());
        var command = new DescribedCommand(
            "score", "Scores each token of each row: how real it looks after the tokens before it.",
            "ntd score rows.parquet --model model.zip",
            "ntd score rows.parquet --model model.zip --output scores.parquet",
            "ntd score 'part-*.parquet' --model model.zip --output scores/ --shard 3/16",
            "producer | ntd score - --model model.zip | consumer");
        tables.AddTo(command);
        foreach (var option in (Option[])[model, badRows, probabilities])
            command.Add(option);
        modelOptions.AddTo(command);
        command.Runs((result, cancellationToken) =>
        {
            var job = tables.Read(result, console);
            using var loaded = modelOptions.Load(result.GetValue(model)!, result, console);
            var scorer = loaded.RequireScorer();
            if (result.GetValue(badRows) is { } policy)
                scorer = scorer.WithBadRowPolicy(policy);
            if (result.GetValue(probabilities))
                scorer = scorer.WithTokenProbabilities(true);
            using (scorer)
            {
                job.Run("score", loaded.Fingerprint, $"{scorer.BadRowPolicy},{scorer.TokenProbabilities}", ModelPipeline.ForScores(loaded, scorer), cancellationToken);
            }

            return ExitCode.Success;
        });
        return command;
    }
}
