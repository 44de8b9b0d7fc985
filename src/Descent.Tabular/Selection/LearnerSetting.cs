using System.Globalization;
using System.Numerics;

namespace Descent.Tabular;

/// <summary>Names as people type them: <c>max-depth</c>, <c>max_depth</c> and <c>MaxDepth</c> are one.</summary>
static class SettingNames
{
    internal static bool Same(string a, string b) => string.Equals(Plain(a), Plain(b), StringComparison.OrdinalIgnoreCase);

    static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
}

/// <summary>An option of learners that can be set by its name.</summary>
public sealed class LearnerSetting
{
    readonly Func<ILearner, bool> _has;
    readonly Func<ILearner, string> _get;
    readonly Func<ILearner, string, ILearner> _set;

    LearnerSetting(string name, string values, string help, Func<ILearner, bool> has, Func<ILearner, string> get, Func<ILearner, string, ILearner> set) =>
        (Name, Values, Help, _has, _get, _set) = (name, values, help, has, get, set);

    /// <summary>Its name, such as <c>max_depth</c>.</summary>
    public string Name { get; }

    /// <summary>What values it takes, for people.</summary>
    public string Values { get; }

    /// <summary>What it does.</summary>
    public string Help { get; }

    /// <summary>Whether a learner has the option.</summary>
    public bool IsOf(ILearner learner) => _has(learner);

    /// <summary>The value that a learner has, as text.</summary>
    public string Get(ILearner learner) => _get(learner);

    /// <summary>A learner that differs in this option.</summary>
    /// <exception cref="ArgumentException">The text is no such value, or is out of range.</exception>
    public ILearner Set(ILearner learner, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        try
        {
            return _set(learner, value.Trim());
        }
        catch (Exception bad) when (bad is FormatException or OverflowException or ArgumentException)
        {
            throw new ArgumentException($"{Name}={value}: {(bad is ArgumentException refused ? Check.Text(refused) : $"this is not {Values}.")}", bad);
        }
    }

    internal static LearnerSetting Number<TOptions, T>(string name, string help, Func<TOptions, T> get, Func<TOptions, T, TOptions> with)
        where TOptions : class where T : struct, INumber<T> =>
        Of(name, IsWhole<T>() ? "a whole number" : "a number", help, get, with,
            text => T.Parse(text, IsWhole<T>() ? NumberStyles.Integer : NumberStyles.Float, CultureInfo.InvariantCulture), v => v.ToString(null, CultureInfo.InvariantCulture));

    internal static LearnerSetting Optional<TOptions, T>(string name, string help, Func<TOptions, T?> get, Func<TOptions, T?, TOptions> with)
        where TOptions : class where T : struct, INumber<T> =>
        Of(name, "a number or none", help, get, with,
            text => text.Equals("none", StringComparison.OrdinalIgnoreCase) ? (T?)null : T.Parse(text, CultureInfo.InvariantCulture), v => v?.ToString(null, CultureInfo.InvariantCulture) ?? "none");

    internal static LearnerSetting Flag<TOptions>(string name, string help, Func<TOptions, bool> get, Func<TOptions, bool, TOptions> with) where TOptions : class =>
        Of(name, "true or false", help, get, with, bool.Parse, v => v ? "true" : "false");

    internal static LearnerSetting Choice<TOptions, T>(string name, string help, Func<TOptions, T> get, Func<TOptions, T, TOptions> with) where TOptions : class where T : struct, Enum =>
        Of(name, $"one of {string.Join(", ", Enum.GetNames<T>())}", help, get, with,
            // A number would be taken for a value that has no name.
            text => Enum.GetNames<T>().FirstOrDefault(n => SettingNames.Same(n, text)) is { } known ? Enum.Parse<T>(known) : throw new FormatException(), v => v.ToString());

    internal static LearnerSetting Of<TOptions, T>(string name, string values, string help, Func<TOptions, T> get, Func<TOptions, T, TOptions> with, Func<string, T> parse, Func<T, string> format)
        where TOptions : class => new(name, values, help, learner => learner is TOptions, learner => format(get(Own<TOptions>(name, learner))),
            (learner, text) => (ILearner)(object)with(Own<TOptions>(name, learner), parse(text)));

    static bool IsWhole<T>() where T : INumber<T> => T.One / (T.One + T.One) == T.Zero;

    static TOptions Own<TOptions>(string name, ILearner learner) where TOptions : class => learner as TOptions
        ?? throw new ArgumentException($"{learner?.GetType().Name} has no {name}.", nameof(learner));
}
