using Descent.Tensors;

namespace Descent.NN;

/// <summary>Changes of a whole tree of modules; each returns the module, so that they can be chained.</summary>
public static class ModuleModes
{
    extension<TModule>(TModule module) where TModule : Module
    {
        /// <summary>Sets <see cref="Module.IsTraining"/> here and below.</summary>
        public TModule Train(bool isTraining = true)
        {
            foreach (var (_, m) in module.NamedModules()) m.IsTraining = isTraining;
            return module;
        }

        /// <summary>Leaves training mode, here and below.</summary>
        public TModule Eval() => module.Train(false);

        /// <summary>Calls <paramref name="action"/> on every module below, and last on this one.</summary>
        public TModule Apply(Action<Module> action)
        {
            foreach (var (_, m) in module.NamedModules().Reverse()) action(m);
            return module;
        }

        /// <summary>Parameters take no more gradients, here and below.</summary>
        public TModule Freeze()
        {
            foreach (var parameter in module.Parameters()) parameter.RequiresGrad = false;
            return module;
        }

        /// <summary>Parameters take gradients again, here and below.</summary>
        public TModule Unfreeze()
        {
            foreach (var parameter in module.Parameters()) parameter.RequiresGrad = true;
            return module;
        }

        /// <summary>Makes all floating-point parameters and buffers anew in another floating-point type.</summary>
        /// <remarks>The parameters are new objects: make optimizers after this, not before.</remarks>
        /// <exception cref="ArgumentException"><paramref name="dtype"/> is not a floating-point type.</exception>
        public TModule To(DType dtype)
        {
            if (!dtype.IsFloatingPoint)
                throw new ArgumentException($"To: parameters cannot be {dtype}; expected a floating-point type.", nameof(dtype));
            using var _ = Autograd.NoGrad();
            var made = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
            foreach (var slot in ModuleTree.Slots(module, distinct: false).ToArray())
            {
                if (!slot.Tensor.DType.IsFloatingPoint || slot.Tensor.DType == dtype) continue;
                if (!made.TryGetValue(slot.Tensor, out var converted))
                {
                    converted = slot.Tensor.Detach().To(dtype);
                    if (slot.Tensor is Parameter { RequiresGrad: var requiresGrad })
                        converted = new Parameter(converted, requiresGrad) { Grad = slot.Tensor.Grad?.To(dtype) };
                    made.Add(slot.Tensor, converted);
                }
                slot.Field.Set(slot.Owner, converted);
            }
            return module;
        }
    }
}
