using System.Diagnostics;
using System.Globalization;
using System.Text;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Where the time of a training goes: phases of a step, modules in the forward pass, operations forward and backward.</summary>
public sealed class TrainingProfile
{
    [ThreadStatic] static TrainingProfile? t_current;

    /// <summary>Whether a step of this thread is being measured.</summary>
    internal static bool IsOn => t_current is not null;

    readonly OrderedDictionary<string, double> _phases = [];
    readonly Dictionary<Module, double> _modules = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<(string Name, bool IsBackward), (long Calls, double Seconds)> _operations = [];
    OperationProfile? _measuring;
    long _last = Stopwatch.GetTimestamp(), _lastModule;

    /// <summary>Seconds by phase: data, forward, backward, optimizer, validation, checkpoint, other.</summary>
    public IReadOnlyDictionary<string, double> Phases => _phases;

    /// <summary>Seconds in the forward pass of each module, without those of its children.</summary>
    public IReadOnlyDictionary<Module, double> Modules => _modules;

    /// <summary>The operations of training steps, the costliest first.</summary>
    public IReadOnlyList<OperationCost> Operations =>
        [.. _operations.OrderByDescending(o => o.Value.Seconds).Select(o => new OperationCost(o.Key.Name, o.Key.IsBackward, o.Value.Calls, o.Value.Seconds))];

    /// <summary>Charges a phase with the time since the last call.</summary>
    internal void End(string phase)
    {
        long now = Stopwatch.GetTimestamp();
        _phases[phase] = _phases.GetValueOrDefault(phase) + Stopwatch.GetElapsedTime(_last, now).TotalSeconds;
        _last = now;
        _lastModule = now;
        _measuring?.Mark();
    }

    /// <summary>Begins to measure operations and modules.</summary>
    internal void BeginStep()
    {
        t_current = this;
        _measuring = OperationProfile.Start();
        _lastModule = Stopwatch.GetTimestamp();
    }

    internal void EndStep()
    {
        t_current = null;
        foreach (var cost in _measuring!.Costs)
        {
            var (calls, seconds) = _operations.GetValueOrDefault((cost.Operation, cost.IsBackward));
            _operations[(cost.Operation, cost.IsBackward)] = (calls + cost.Calls, seconds + cost.Seconds);
        }
        _measuring.Dispose();
        _measuring = null;
    }

    /// <summary>Charges a module with the time since the one before it gave its result.</summary>
    internal static void Observe(Module module)
    {
        if (t_current is not { } profile) return;
        long now = Stopwatch.GetTimestamp();
        profile._modules[module] = profile._modules.GetValueOrDefault(module) + Stopwatch.GetElapsedTime(profile._lastModule, now).TotalSeconds;
        profile._lastModule = now;
    }

    /// <summary>The three tables as text.</summary>
    /// <param name="root">Whose modules are named.</param>
    /// <param name="most">How many rows of each table.</param>
    public string ToText(Module root, int most = 15)
    {
        var text = new StringBuilder();
        double all = _phases.Values.Sum();
        Table("phase", _phases.OrderByDescending(p => p.Value).Select(p => (p.Key, "", p.Value)), all);
        Table("module, forward", root.NamedModules().Where(m => _modules.ContainsKey(m.Module))
            .Select(m => ($"{(m.Name.Length > 0 ? m.Name : "(root)")}: {m.Module.GetType().Name}", "", _modules[m.Module])).OrderByDescending(m => m.Item3), all);
        Table("operation", Operations.Select(o => (o.IsBackward ? $"{o.Operation}, backward" : o.Operation, o.Calls.ToString("N0", CultureInfo.InvariantCulture), o.Seconds)), all);
        return text.ToString().TrimEnd() + "\n";

        void Table(string heading, IEnumerable<(string Name, string Calls, double Seconds)> rows, double whole)
        {
            text.Append(CultureInfo.InvariantCulture, $"{heading,-40} {(heading == "operation" ? "calls" : ""),12} {"seconds",9} {"share",7}\n");
            foreach (var (name, calls, seconds) in rows.Take(most))
                text.Append(CultureInfo.InvariantCulture, $"  {name,-38} {calls,12} {seconds,9:F3} {seconds / whole,7:P1}\n");
            text.Append('\n');
        }
    }
}
