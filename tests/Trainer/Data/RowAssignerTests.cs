namespace MlNetNtd.Tests;

/// <summary>The purpose of each row of a pass, and the process that it belongs to.</summary>
[TestClass]
public sealed class RowAssignerTests
{
    [TestMethod]
    public void Training_rows_are_assigned_by_stream_and_validation_rows_in_turn()
    {
        var draw = ValidationSplit.FromFraction(0.5, seed: 3);
        var dealers = Enumerable.Range(0, 2).Select(rank => new RowAssigner(draw, DataShard.Create(rank, 2, 16, byLength: false))).ToArray();
        var (training, validation) = (0, 0);
        for (var row = 0; row < 200; row++)
        {
            var validates = draw.IsValidation(row);
            // Of eight lanes the first four are the first process's.
            var owner = validates ? validation++ % 2 : training++ % 8 / 4;
            for (var rank = 0; rank < 2; rank++)
                Assert.AreEqual(new RowAssigner.RowAssignment(validates, rank == owner, rank == owner), dealers[rank].Assign(row), $"row {row}, rank {rank}");
        }

        foreach (var dealer in dealers)
            Assert.AreEqual((training, validation), ((int)dealer.TrainingRows, (int)dealer.ValidationRows));
        Assert.IsGreaterThan(50, Math.Min(training, validation));
    }

    /// <summary>Three processes cannot share eight lanes.</summary>
    [TestMethod]
    public void Indivisible_streams_are_read_by_every_process()
    {
        var dealer = new RowAssigner(ValidationSplit.None, DataShard.Create(1, 3, 16, byLength: false));

        for (var row = 0; row < 30; row++)
            Assert.AreEqual(new RowAssigner.RowAssignment(IsValidation: false, Counts: row % 3 == 1, Needs: true), dealer.Assign(row));
    }
}
