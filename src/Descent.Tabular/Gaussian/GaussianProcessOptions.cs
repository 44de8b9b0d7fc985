namespace Descent.Tabular;

/// <summary>How the numbers of a Gaussian process's kernel are found.</summary>
public abstract record GaussianProcessOptions
{
    private protected GaussianProcessOptions() { }

    /// <summary>Whether they are fitted, by the greatest marginal likelihood.</summary>
    public bool Optimize { get; init; } = true;

    /// <summary>Other starts of the search, drawn at random.</summary>
    public int Restarts { get; init => field = Check.AtLeast(0, value); }

    /// <summary>Decides the starts.</summary>
    public ulong Seed { get; init; }

    /// <summary>The kernel with the numbers found, or as it is where none are to be looked for.</summary>
    private protected CovarianceKernel Search(CovarianceKernel kernel, Func<CovarianceKernel, double[], double> evidence) =>
        Optimize ? EvidenceSearch.Run(kernel, evidence, Restarts, Seed) : kernel;

    private protected static void CheckKernel(string learner, CovarianceKernel kernel, Features x)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        if (kernel.Fault(x.Columns) is { } fault) throw new ArgumentException($"{learner}: {fault}; expected one, or one each.", nameof(x));
    }
}
