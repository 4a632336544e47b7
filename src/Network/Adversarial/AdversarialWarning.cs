namespace MlNetNtd;

/// <summary>What looks wrong with a GAN's training, by <see cref="AdversarialDiagnostics"/>.</summary>
public enum AdversarialWarning
{
    /// <summary>Nothing, or too few steps to tell.</summary>
    None,

    /// <summary>The AUC is above 0.98: the generator is told that all is wrong, not what would be better.</summary>
    DiscriminatorWins,

    /// <summary>The AUC never rose above 0.52: the discriminator has nothing to teach.</summary>
    NothingLearned,

    /// <summary>False candidates differ from row to row by less than a fifth of what true ones do, in some dimension.</summary>
    Collapse,

    /// <summary>One of the discriminator's last 50 steps had a loss or a gradient that was not finite, and changed nothing.</summary>
    NonFinite,
}
