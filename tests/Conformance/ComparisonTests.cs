namespace MlNetNtd.Conformance.Tests;

/// <summary>The comparison finds what it is there to find: a comparison of equals proves nothing of that.</summary>
[TestClass]
public sealed class ComparisonTests
{
    [TestMethod]
    public void A_type_is_equal_to_itself()
    {
        foreach (var type in typeof(StandInSamples).GetNestedTypes().Concat(typeof(RealSamples).GetNestedTypes()))
            Expect(type, type);
    }

    [TestMethod]
    public void Differences_of_an_enum_are_found() => Expect(
        typeof(StandInSamples.Choice), typeof(RealSamples.Choice),
        "underlying type: the stand-in has 'System.Int32', the real one 'System.Byte'",
        "Two: constant: the stand-in has '3', the real one '2'");

    [TestMethod]
    public void Differences_of_an_interface_are_found() => Expect(
        typeof(StandInSamples.IShape), typeof(RealSamples.IShape),
        "Draw(): has to be implemented on the real one, and the stand-in lacks it",
        "Size: access: the stand-in has 'get public, set public', the real one 'get public, set none'",
        "Size: type: the stand-in has 'System.Int32 NotNull/NotNull', the real one 'System.Int32 NotNull/Unknown'");

    [TestMethod]
    public void Differences_of_a_class_are_found() => Expect(
        typeof(StandInSamples.Shape), typeof(RealSamples.Shape),
        "modifiers: the stand-in has '', the real one 'sealed'",
        "the real one is no MlNetNtd.Conformance.Tests.StandInSamples+Figure",
        "the real one is no System.ICloneable",
        ".ctor(System.Int32): not in the real assemblies, which have: .ctor(System.Int64)",
        "op_Implicit(MlNetNtd.Conformance.Tests.StandInSamples+Shape) to System.Int32: not in the real assemblies, which have: nothing of that name",
        "Limit: constant: the stand-in has '4', the real one '5'",
        "Name: read-only: the stand-in has 'True', the real one 'False'",
        "Size: access: the stand-in has 'get public, set public', the real one 'get public, set none'",
        "Changed: type: the stand-in has 'System.EventHandler', the real one 'System.EventHandler`1<System.EventArgs>'",
        "Draw(System.Int32&, System.Int32[]): overridable: the stand-in has 'yes', the real one 'no'",
        "Draw(System.Int32&, System.Int32[]): parameters: the stand-in has 'in System.Int32& x NotNull/NotNull, params System.Int32[] others NotNull/NotNull[NotNull/NotNull]', "
        + "the real one 'ref System.Int32& x NotNull/NotNull, System.Int32[] others NotNull/NotNull[NotNull/NotNull]'",
        "Extra(): access: the stand-in has 'public', the real one 'none'",
        "Find(): returns: the stand-in has 'System.String Nullable/Nullable', the real one 'System.String NotNull/NotNull'",
        "Make`1(System.String): generic parameters: the stand-in has '0: ReferenceTypeConstraint', "
        + "the real one '0: NotNullableValueTypeConstraint, DefaultConstructorConstraint, System.ValueType'",
        "Make`1(System.String): parameters: the stand-in has 'System.String text = \"a\" Nullable/Nullable', the real one 'System.String text = \"b\" Nullable/Nullable'",
        "Measure(): returns: the stand-in has 'System.ValueTuple`2<System.Int32, System.Int32> NotNull/NotNull<NotNull/NotNull, NotNull/NotNull> Width,Height', "
        + "the real one 'System.ValueTuple`2<System.Int32, System.Int32> NotNull/NotNull<NotNull/NotNull, NotNull/NotNull> Width,Depth'");

    [TestMethod]
    public void Another_use_of_an_attribute_is_found() => Expect(
        typeof(StandInSamples.MarkAttribute), typeof(RealSamples.MarkAttribute),
        "attributes: the stand-in has 'AttributeUsage(Class, multiple False, inherited True)', "
        + "the real one 'AttributeUsage(Class, Method, multiple True, inherited True)'");

    [TestMethod]
    public void A_struct_that_is_read_only_in_one_is_found() => Expect(
        typeof(StandInSamples.Point), typeof(RealSamples.Point), "modifiers: the stand-in has 'readonly', the real one ''");

    private static void Expect(Type standIn, Type real, params string[] differences) => Assert.AreEqual(
        string.Join('\n', differences.Order(StringComparer.Ordinal)),
        string.Join('\n', Comparison.Differences(standIn, real).Order(StringComparer.Ordinal)));
}
