using System.Reflection;

namespace Microsoft.ML.Runtime;

/// <summary>
/// A way to make a class: its constructor or a static method Create, private ones too, with the parameters of
/// the signature, and the environment before them if they ask for it. Where a class has both, the more public one
/// counts.
/// </summary>
internal sealed class LoadableClass
{
    private readonly MethodBase _maker;
    private readonly bool _takesEnvironment;

    private LoadableClass(MethodBase maker, bool takesEnvironment, int argumentCount)
    {
        _maker = maker;
        _takesEnvironment = takesEnvironment;
        ArgumentCount = argumentCount;
    }

    public int ArgumentCount { get; }

    public static LoadableClass OrNull(LoadableClassAttributeBase declared)
    {
        Type[] plain = declared.CtorTypes;
        Type[] withEnvironment = [typeof(IHostEnvironment), .. plain];

        MethodBase constructor = Constructor(declared, plain) ?? Constructor(declared, withEnvironment);
        MethodBase method = CreateMethod(declared, plain) ?? CreateMethod(declared, withEnvironment);
        if (constructor is not null && method is not null)
        {
            if (Openness(constructor) == Openness(method))
            {
                throw Contracts.Except($"Can't load type {declared.InstanceType}, because it has both create and constructor "
                    + "methods with the same visibility. Please indicate which one should be used by changing either the "
                    + "signature or the visibility of one of them.");
            }

            if (Openness(constructor) < Openness(method))
                constructor = null;
        }

        MethodBase maker = constructor ?? method;
        return maker is null
            ? null
            : new LoadableClass(maker, maker.GetParameters().Length > plain.Length, plain.Length);
    }

    public object Create(IHostEnvironment env, object[] arguments)
    {
        object[] all = _takesEnvironment ? [env, .. arguments] : arguments;
        try
        {
            return _maker is ConstructorInfo constructor ? constructor.Invoke(all) : _maker.Invoke(null, all);
        }
        catch (TargetInvocationException failure) when (failure.InnerException?.IsMarked() == true)
        {
            throw Contracts.Except(failure, "Error during class instantiation");
        }
    }

    private static ConstructorInfo Constructor(LoadableClassAttributeBase declared, Type[] parameters)
        => declared.InstanceType.IsAssignableFrom(declared.LoaderType)
            ? declared.LoaderType.GetConstructor(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, parameters)
            : null;

    private static MethodInfo CreateMethod(LoadableClassAttributeBase declared, Type[] parameters)
    {
        MethodInfo method = declared.LoaderType.GetMethod(
            "Create", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic, parameters);
        return method?.ReturnType == declared.InstanceType ? method : null;
    }

    private static int Openness(MethodBase method)
        => method.IsPublic ? 5
            : method.IsAssembly ? 4
            : method.IsFamilyOrAssembly ? 3
            : method.IsFamily ? 2
            : method.IsPrivate ? 1
            : 0;
}
