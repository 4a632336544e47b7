using System.Reflection;

namespace MlNetNtd.Conformance.Tests;

/// <summary>Looks for everything that a stand-in shows in the real assemblies, and says what is not so there.</summary>
/// <remarks>
/// A stand-in may lack what the real one has, with one exception: what has to be implemented by whoever implements an
/// interface or derives from a class, because the same source could not then compile on both.
/// </remarks>
internal static class Comparison
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    /// <summary>The differences of all visible types, in no order.</summary>
    public static IEnumerable<string> Differences(IEnumerable<Type> standIns, RealTypes real) =>
        from standIn in standIns
        let counterpart = real.Find(TypeText.Name(standIn))
        let name = TypeText.Name(standIn)
        from difference in counterpart is null
            ? ["there is no such type in the real assemblies"]
            : Differences(standIn, counterpart)
        select $"{name}: {difference}";

    /// <summary>The differences of one type and its visible members.</summary>
    public static IEnumerable<string> Differences(Type standIn, Type real) =>
    [
        .. TypeFacts.Of(standIn).Differences(TypeFacts.Of(real)),
        .. AncestorDifferences(standIn, real),
        .. MemberDifferences(standIn, real),
        .. Unimplemented(standIn, real),
    ];

    /// <summary>The members of a type with those that it inherits, the nearest first.</summary>
    public static ILookup<string, MemberInfo> Members(Type type) => type.GetInterfaces()
        .Where(_ => type.IsInterface)
        .Prepend(type)
        .SelectMany(one => one.GetMembers(Everything))
        .Where(member => member is not Type)
        .ToLookup(MemberFacts.Identity);

    /// <summary>Whether code outside the assembly, or a class derived there, can use a member.</summary>
    public static bool IsVisible(MemberInfo member) => MemberFacts.Access(member) != "none";

    /// <summary>What is different about one member.</summary>
    public static IEnumerable<string> MemberDifferences(MemberInfo standIn, ILookup<string, MemberInfo> real)
    {
        var identity = MemberFacts.Identity(standIn);
        if (!real.Contains(identity))
        {
            var others = real.SelectMany(group => group).Where(member => member.Name == standIn.Name).Select(MemberFacts.Identity);
            return [$"{identity}: not in the real assemblies, which have: {string.Join(" | ", others.DefaultIfEmpty("nothing of that name"))}"];
        }

        var facts = MemberFacts.Of(standIn);
        var differences = real[identity].Select(member => facts.Differences(MemberFacts.Of(member)).ToArray()).ToArray();
        // A member that hides another has the same identity: one that agrees is enough.
        return differences.Any(one => one.Length == 0) ? [] : differences[0].Select(difference => $"{identity}: {difference}");
    }

    private static IEnumerable<string> MemberDifferences(Type standIn, Type real)
    {
        var members = Members(real);
        return standIn.GetMembers(Everything | BindingFlags.DeclaredOnly)
            .Where(member => member is not Type && IsVisible(member) && !IsAccessor(member) && !IsImplied(member))
            .SelectMany(member => MemberDifferences(member, members));
    }

    private static IEnumerable<string> AncestorDifferences(Type standIn, Type real)
    {
        var reals = Bases(real).Concat(real.GetInterfaces()).Select(TypeText.Of).ToHashSet();
        return Bases(standIn).Concat(standIn.GetInterfaces().Where(one => one.IsVisible))
            .Select(TypeText.Of)
            .Where(ancestor => !reals.Contains(ancestor))
            .Select(ancestor => $"the real one is no {ancestor}");
    }

    private static IEnumerable<string> Unimplemented(Type standIn, Type real)
    {
        var members = Members(standIn);
        return Members(real)
            .Where(group => group.Any(member => member is MethodInfo { IsAbstract: true } && IsVisible(member)) && !members.Contains(group.Key))
            .Select(group => $"{group.Key}: has to be implemented on the real one, and the stand-in lacks it");
    }

    private static IEnumerable<Type> Bases(Type type)
    {
        for (var one = type.BaseType; one is not null; one = one.BaseType)
            yield return one;
    }

    // Compared as parts of their properties and events.
    private static bool IsAccessor(MemberInfo member) =>
        member is MethodInfo { IsSpecialName: true } method && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    // The compiler's part of an enum or a delegate.
    private static bool IsImplied(MemberInfo member) =>
        member.Name == "value__" || (TypeFacts.IsDelegate(member.DeclaringType!) && member.Name != "Invoke");
}
