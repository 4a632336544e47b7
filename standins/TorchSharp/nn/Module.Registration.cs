#nullable disable
using System.Reflection;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>How a module learns what it consists of.</summary>
        public partial class Module
        {
            private bool _componentsRegistered;

            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                if (tensor is null || tensor.IsInvalid)
                    throw new ArgumentNullException(nameof(tensor), "A buffer must be a tensor that is alive.");
                if (!TryAdd(_internal_buffers, name, (tensor, persistent)))
                    throw new InvalidOperationException($"There is a buffer named {name} already.");
            }

            public virtual void register_parameter(string name, Parameter param)
            {
                if (param is null || param.IsInvalid)
                    throw new ArgumentNullException(nameof(param), "A parameter must be a tensor that is alive.");
                if (!TryAdd(_internal_params, name, param))
                    throw new InvalidOperationException($"There is a parameter named {name} already.");
            }

            public void add_module(string name, Module module) => register_module(name, module);

            /// <summary>No module, or a disposed one, takes the name out.</summary>
            public virtual void register_module(string name, Module submodule)
            {
                if (submodule is null || submodule.IsDisposed)
                {
                    Drop(_internal_submodules, name);
                    return;
                }

                if (name.Contains('.'))
                    throw new ArgumentException($"The name of a module must not contain a dot: {name}");
                if (string.IsNullOrEmpty(name))
                    throw new ArgumentException("The name of a module must not be empty.");
                if (_internal_submodules.ContainsKey(name))
                    throw new InvalidOperationException($"There is a submodule named {name} already.");

                submodule.RegisterComponents();
                _internal_submodules.Add(name, submodule);
            }

            /// <summary>
            /// Registers the fields that hold modules, parameters and tensors (as persistent buffers), once; what has
            /// its name registered already stays as it is.
            /// </summary>
            protected virtual void RegisterComponents()
            {
                if (_componentsRegistered)
                    return;

                foreach (var field in ComponentFields())
                {
                    var component = field.ComponentName();
                    if (_internal_submodules.ContainsKey(component)
                        || _internal_params.ContainsKey(component)
                        || _internal_buffers.ContainsKey(component))
                    {
                        continue;
                    }

                    switch (field.GetValue(this))
                    {
                        case Module module:
                            register_module(component, module);
                            break;
                        case Parameter parameter:
                            register_parameter(component, parameter);
                            break;
                        case Tensor tensor:
                            register_buffer(component, tensor);
                            break;
                    }
                }

                _componentsRegistered = true;
            }

            protected void ConditionallyRegisterParameter(string name, Tensor value)
            {
                if (value is null)
                    Drop(_internal_params, name);
                else
                    _internal_params[name] = value as Parameter ?? new Parameter(value);
            }

            protected void ConditionallyRegisterBuffer(string name, Tensor value, bool persistent = true)
            {
                if (value is null)
                    Drop(_internal_buffers, name);
                else
                    _internal_buffers[name] = (value, persistent);
            }

            protected void ClearModules() => _internal_submodules.clear();

            protected static (Device device, ScalarType dtype) GetDefaultDeviceAndType(Device device = null, ScalarType? dtype = null) =>
                (device ?? get_default_device(), dtype ?? get_default_dtype());

            private static bool TryAdd<T>(Utils.OrderedDict<string, T> entries, string name, T value)
            {
                if (entries.ContainsKey(name))
                    return false;
                entries.Add(name, value);
                return true;
            }

            private static void Drop<T>(Utils.OrderedDict<string, T> entries, string name)
            {
                if (entries.TryGetValue(name, out _))
                    entries.Remove(name);
            }

            private FieldInfo[] ComponentFields() =>
                GetType().GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance);
        }
    }
}
