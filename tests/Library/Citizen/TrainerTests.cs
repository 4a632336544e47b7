namespace MlNetNtd.Tests;

/// <summary>ML.NET's trainers on the combined column: they learn what can be learned from it, and nothing else.</summary>
[TestClass]
[NeedsRealPackages]
[TestCategory(Category.RealPackages)]
public sealed partial class TrainerTests
{
    [TestMethod]
    [DataRow("Lbfgs")]
    [DataRow("Sdca")]
    public void A_discriminator_tells_predictions_that_give_themselves_away(string trainer) => Tells(trainer);

    [TestMethod]
    [DataRow("Lbfgs")]
    [DataRow("Sdca")]
    public void A_discriminator_can_but_guess_where_predictions_are_like_the_truth(string trainer) => Guesses(trainer);

    [TestMethod]
    [DataRow("Lbfgs")]
    [DataRow("Sdca")]
    public void A_trained_chain_judges_the_same_after_saving_and_loading(string trainer) => Reloads(trainer);

    [TestMethod]
    public void An_additive_mask_can_be_a_feature() => AdditiveMask();

    [TestMethod]
    public void Padded_rows_of_any_length_can_be_trained_on() => Padded();

    [TestMethod]
    public void A_prediction_engine_runs_the_whole_chain() => Predicts();

    [TestMethod]
    public void Cross_validation_tests_each_row_once() => CrossValidates();

    [TestMethod]
    public void The_best_of_several_pipelines_is_found_by_hand_and_saved() => Experiments();

    static partial void Tells(string trainer);

    static partial void Guesses(string trainer);

    static partial void Reloads(string trainer);

    static partial void AdditiveMask();

    static partial void Padded();

    static partial void Predicts();

    static partial void CrossValidates();

    static partial void Experiments();
}
