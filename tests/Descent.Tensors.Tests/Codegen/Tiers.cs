namespace Descent.Tensors.Tests.Codegen;

/// <summary>The tiers whose kernels are made at run time.</summary>
static class Tiers
{
    /// <summary>Whether this machine runs them, whatever the cap.</summary>
    public static bool CanRun(IsaTier tier) => tier != IsaTier.Portable && tier <= Processor.Best;
}
