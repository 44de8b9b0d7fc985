using Descent.Tensors;

namespace Descent.NN;

/// <summary>Sees what every module of this thread gives while an action runs.</summary>
static class ModuleObserver
{
    [ThreadStatic] static Action<Module, Tensor>? t_see;

    /// <summary>Whether somebody sees what each module gives.</summary>
    internal static bool IsOn => t_see is not null;

    internal static void Observe(Module module, Tensor y) => t_see?.Invoke(module, y);

    internal static void Watch(Action<Module, Tensor> see, Action run)
    {
        var outer = t_see;
        t_see = see;
        try
        {
            run();
        }
        finally
        {
            t_see = outer;
        }
    }
}
