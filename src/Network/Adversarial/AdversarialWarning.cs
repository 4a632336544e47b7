namespace MlNetNtd;

/// <summary>Specifies a sign of failing GAN training, as <see cref="AdversarialDiagnostics"/> reports it.</summary>
public enum AdversarialWarning
{
    /// <summary>No warning, or too few steps to tell.</summary>
    None,

    /// <summary>The AUC is above 0.98: the discriminator rejects everything and gives the generator no direction.</summary>
    DiscriminatorWins,

    /// <summary>The AUC never rose above 0.52: the discriminator has learned nothing that it could teach.</summary>
    NothingLearned,

    /// <summary>In some dimension generated candidates vary between rows by less than a fifth of what real ones do.</summary>
    Collapse,

    /// <summary>
    /// One of the discriminator's last 50 steps had a loss or a gradient that was not finite, and changed nothing.
    /// </summary>
    NonFinite,
}
