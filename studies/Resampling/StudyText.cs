using MlNetNtd.Benchmarks.Quality;

namespace MlNetNtd.Studies.Resampling;

/// <summary>A text, a generator of it, and what the generator is compared with.</summary>
internal abstract class StudyText
{
    /// <summary>The names of the texts, for flags.</summary>
    public static readonly string[] Names = ["textgan", "kjv"];

    /// <summary>Creates a study; null if its text is not installed.</summary>
    /// <param name="name">The name.</param>
    /// <param name="candidates">K.</param>
    public static StudyText? Create(string name, int candidates) => name == Names[0]
        ? new RecurrentText(TextGan.Hyperparameters.Default, candidates)
        : DebianText.All.Single(text => text.Name == name).TryLoad() is { } corpus ? new BigramText(corpus, candidates, BigramText.Sizes.Default) : null;

    /// <summary>Trains and evaluates all arms of a seed.</summary>
    /// <returns>The arms, the generator's own first.</returns>
    public abstract IReadOnlyList<ArmResult> Run(int seed, CancellationToken cancellationToken);
}
