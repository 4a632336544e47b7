using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The root environment that an <see cref="MLContext"/> wraps.</summary>
internal sealed class LocalEnvironment : HostEnvironment
{
    public LocalEnvironment(int? seed)
        : base(new MessageHub(), new ComponentCatalog(), seed, RandomUtils.Create(seed), shortName: null, parentFullName: null)
    {
    }

    internal override string FullNameAboveChildren => null;
}
