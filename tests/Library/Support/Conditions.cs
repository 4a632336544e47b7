using Microsoft.ML;
using TorchSharp;

namespace MlNetNtd.Tests;

/// <summary>
/// The categories of tests that do not run everywhere, for <c>[TestCategory]</c>. Where they do not run, the condition
/// of the same name skips them by name.
/// </summary>
internal static class Category
{
    public const string RealPackages = "RealPackages";
    public const string Cuda = "Cuda";
}

/// <summary>Runs only on the real Microsoft.ML and TorchSharp, for what no stand-in should have.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NeedsRealPackagesAttribute : ConditionBaseAttribute
{
    public NeedsRealPackagesAttribute()
        : base(ConditionMode.Include) => IgnoreMessage = "needs the real Microsoft.ML and TorchSharp packages";

    public static bool AreHere => typeof(MLContext).Assembly.GetName().Name == "Microsoft.ML.Data";

    public override string GroupName => Category.RealPackages;

    public override bool IsConditionMet => AreHere;
}

/// <summary>Runs only where a CUDA device is.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NeedsCudaAttribute : ConditionBaseAttribute
{
    public NeedsCudaAttribute()
        : base(ConditionMode.Include) => IgnoreMessage = "needs a CUDA device";

    public static bool IsHere => NeedsRealPackagesAttribute.AreHere && torch.cuda.is_available();

    public override string GroupName => Category.Cuda;

    public override bool IsConditionMet => IsHere;
}
