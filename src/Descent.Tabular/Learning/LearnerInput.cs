namespace Descent.Tabular;

/// <summary>What a learner can make of features as they come, so that a pipeline knows what to prepare.</summary>
[Flags]
public enum LearnerInput
{
    /// <summary>Numbers of like scale, none missing.</summary>
    Numbers = 0,

    /// <summary>Missing values.</summary>
    Missing = 1,

    /// <summary>Categories.</summary>
    Categories = 2,

    /// <summary>Numbers of any scale.</summary>
    AnyScale = 4,

    /// <summary>Whatever there is, as trees do.</summary>
    All = Missing | Categories | AnyScale,
}
