using TorchSharp;

namespace MlNetNtd.Tests;

/// <summary>
/// The categories of tests that need special hardware, for <c>[TestCategory]</c>. Elsewhere the condition of the same name skips them by
/// name.
/// </summary>
internal static class Category
{
    public const string Cuda = "Cuda";
}

/// <summary>Runs only where a CUDA device is.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NeedsCudaAttribute : ConditionBaseAttribute
{
    public NeedsCudaAttribute()
        : base(ConditionMode.Include) => IgnoreMessage = "needs a CUDA device";

    public static bool IsHere => torch.cuda.is_available();

    public override string GroupName => Category.Cuda;

    public override bool IsConditionMet => IsHere;
}
