using System.Reflection;
using System.Runtime.CompilerServices;

namespace MlNetNtd.Tests;

/// <summary>Extension methods of ML.NET's types are visible without a using of this library.</summary>
[TestClass]
public sealed class ExtensionMethodNamespaceTests
{
    [TestMethod]
    public void Extension_methods_of_MLNet_types_are_in_the_Microsoft_ML_namespace()
    {
        var extensions = new[] { typeof(NextTokenDiscriminatorEstimator), typeof(NextTokenDiscriminatorTransformer), typeof(NextTokenDiscriminatorTrainer) }
            .SelectMany(type => type.Assembly.GetExportedTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Where(method => method.IsDefined(typeof(ExtensionAttribute)))
            .Where(method => method.GetParameters()[0].ParameterType.Assembly.GetName().Name!.StartsWith("Microsoft.ML", StringComparison.Ordinal))
            .ToArray();

        foreach (var name in new[] { "NextTokenDiscriminator", "TryGetAttentionMask", "EvaluateTokens", "EvaluateRealism", "CreatePredictionPool" })
            Assert.IsTrue(extensions.Any(method => method.Name == name), name);
        foreach (var method in extensions)
            Assert.AreEqual("Microsoft.ML", method.DeclaringType!.Namespace, $"{method.DeclaringType}.{method.Name}");
    }
}
