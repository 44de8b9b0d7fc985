using System.Diagnostics;
using System.Globalization;

namespace Descent.Search;

/// <summary>Chooses a kind of index and its parameters for vectors, by trying some on a sample of them with others as queries.</summary>
/// <remarks>
/// Each candidate is built from a quarter of the sample and from the whole, and asked for as much as it takes to find the share
/// wanted; what is to be expected of all vectors follows the power law through both. Where there are many more vectors, the fastest
/// few are tried again on a larger sample: on a small one clusters are thin. Of those that fit into memory the fastest is built from all, or where others are nearly as fast, the one that takes the least time to build; then vectors that were held
/// out tell how far its searches must look by default.
/// </remarks>
public static class AutoIndex
{
    /// <summary>Below this number all vectors are measured about as fast as anything is searched.</summary>
    const int Few = 1000;

    /// <summary>So many of the fastest are tried on a sample so many times as large.</summary>
    const int Finalists = 3, Larger = 4;

    /// <summary>What is as fast as this share of the fastest is nearly as fast.</summary>
    const double NearlyAsFast = 0.9;

    // A candidate is a row here: which kind, how elements are stored (null for as they are to be), and what is set.
    static readonly (string Kind, VectorElement? Elements, (string Name, string Value)[] Set)[] s_candidates =
    [
        ("flat", null, []),
        ("hnsw", null, []),
        ("hnsw", null, [("code", "int8")]),
        ("hnsw", null, [("m", "32"), ("code", "rabitq4")]),
        ("nsg", null, [("code", "int8")]),
        ("qg", null, []),
        ("ivf", null, []),
        ("ivf", null, [("code", "rabitq7")]),
        ("flat", VectorElement.Int8, []),
        ("hnsw", VectorElement.Int8, []),
    ];

    /// <summary>Chooses and builds an index of some vectors.</summary>
    /// <param name="ids">One for each vector, no two equal.</param>
    /// <param name="vectors">One after another, <c>(ids, dimension)</c>.</param>
    /// <param name="settings">Dimension, metric, how elements are stored if it need not be shorter, and seed; kinds' own parameters are chosen.</param>
    /// <param name="options">What the index is to do.</param>
    /// <param name="progress">Told, on any thread but one at a time, what share of the work is done, rising.</param>
    /// <param name="cancellation">Ends it soon.</param>
    /// <returns>The index, ready, with <see cref="VectorIndex.DefaultEf"/> so that it finds the share wanted; and why it is this one.</returns>
    /// <exception cref="ArgumentException">No candidate fits into the memory; or lengths do not fit, or a vector cannot be stored.</exception>
    public static (VectorIndex Index, AutoReport Report) Build(
        ReadOnlyMemory<long> ids, ReadOnlyMemory<float> vectors, IndexSettings settings, AutoOptions? options = null, IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Named.Count > 0) throw new ArgumentException($"Build: {string.Join(", ", settings.Named.Keys)} would be chosen here; name a kind of index to set them.", nameof(settings));
        if (vectors.Length != (long)ids.Length * settings.Dimension)
            throw new ArgumentException($"Build: {ids.Length} ids with {vectors.Length} numbers; expected {settings.Dimension} for each id.", nameof(vectors));
        return new Choice(ids, vectors, settings, options ?? new(), Course.Of(progress, cancellation)).Run();
    }

    sealed class Choice(ReadOnlyMemory<long> ids, ReadOnlyMemory<float> vectors, IndexSettings settings, AutoOptions options, Course course)
    {
        readonly int _dimension = settings.Dimension;

        internal (VectorIndex, AutoReport) Run()
        {
            int count = ids.Length, held = Math.Min(options.Queries, count / 10);
            int[] queries = Evenly(count, held), kept = [.. Enumerable.Range(0, count).Except(queries)];
            if (count < Few || kept.Length < 4 * options.K) return Take(Flat(), [Flat()], $"{count:N0} vectors are so few that all are measured.", kept, queries, kept.Length, kept.Length);
            int[] sample = [.. Evenly(kept.Length, Math.Min(options.Sample, kept.Length)).Select(i => kept[i])];
            int[] quarter = [.. Evenly(sample.Length, sample.Length / 4).Select(i => sample[i])];
            // As it takes about as long to try one as to build it.
            bool isAgain = kept.Length >= 2 * sample.Length;
            double trying = s_candidates.Length * 1.25 * sample.Length, again = isAgain ? (double)Finalists * Math.Min(Larger * sample.Length, kept.Length) : 0, all = trying + again + count;
            var (small, whole) = (Try(Table(), quarter, queries, course.Part(0.2 * trying / all)), Try(Table(), sample, queries, course.Part(0.8 * trying / all)));
            AutoCandidate[] candidates = [.. whole.Select((trial, i) => Expect(small[i], trial, quarter.Length, sample.Length, count))];
            int largest = sample.Length;
            if (isAgain)
            {
                int[] larger = [.. Evenly(kept.Length, Math.Min(Larger * sample.Length, kept.Length)).Select(i => kept[i])];
                int[] finalists = [.. Enumerable.Range(0, candidates.Length).Where(i => candidates[i].Objection is null).OrderByDescending(i => candidates[i].QueriesPerSecond).Take(Finalists)];
                largest = larger.Length;
                var tried = Try([.. finalists.Select(i => whole[i])], larger, queries, course.Part(again / all));
                for (int i = 0; i < finalists.Length; i++) candidates[finalists[i]] = Expect(whole[finalists[i]], tried[i], sample.Length, larger.Length, count);
            }
            var possible = candidates.Where(c => c.Objection is null).ToList();
            if (possible.Count == 0)
                throw new ArgumentException(FormattableString.Invariant($"Build: nothing fits into {options.MemoryBytes} bytes that finds {options.Recall} of the nearest; of {count} vectors the smallest takes {candidates.Min(c => c.Bytes)}. ") +
                    $"Raise {nameof(AutoOptions)}.{nameof(AutoOptions.MemoryBytes)}, or ask for less.\n{string.Join('\n', (IEnumerable<AutoCandidate>)candidates)}", nameof(options));
            var fastest = possible.MaxBy(c => c.QueriesPerSecond)!;
            var chosen = possible.Where(c => c.QueriesPerSecond >= NearlyAsFast * fastest.QueriesPerSecond).MinBy(c => c.BuildSeconds)!;
            string ruledOut = candidates.Length == possible.Count ? "" : $" of those {possible.Count} of {candidates.Length} that are possible";
            string reason = chosen == fastest ? $"{chosen.Name} is the fastest{ruledOut}."
                : $"{chosen.Name} is nearly as fast as {fastest.Name}, the fastest{ruledOut}, and sooner built.";
            return Take(chosen, candidates, reason, kept, queries, sample.Length, largest);
        }

        AutoCandidate Flat() => new() { Kind = "flat", Elements = settings.Elements, Settings = new Dictionary<string, string>(), Recall = 1, Ef = options.K };

        /// <summary>All candidates that these vectors can be kept in.</summary>
        IEnumerable<AutoCandidate> Table()
        {
            foreach (var (kind, elements, set) in s_candidates)
            {
                if (elements is not null && elements == settings.Elements) continue;
                if (settings.Metric == VectorMetric.Hamming && (elements is not null || set.Any(s => s.Name == "code") || kind is "ivf" or "qg")) continue;
                yield return new() { Kind = kind, Elements = elements ?? settings.Elements, Settings = set.ToDictionary(s => s.Name, s => s.Value) };
            }
        }

        /// <summary>What comes of candidates with some of the vectors.</summary>
        AutoCandidate[] Try(IEnumerable<AutoCandidate> candidates, int[] rows, int[] queries, Course trying)
        {
            float[] asked = Rows(queries);
            using var exact = Exact(rows);
            var truth = TrueNeighbors.Find(exact, asked, Math.Min(options.K, rows.Length));
            var tried = new List<AutoCandidate>();
            foreach (var candidate in candidates)
            {
                tried.Add(Try(candidate, rows, asked, truth, trying.Part(1.0 / s_candidates.Length)));
            }
            return [.. tried];
        }

        AutoCandidate Try(AutoCandidate candidate, int[] rows, float[] asked, TrueNeighbors truth, Course trying)
        {
            using var index = Make(candidate);
            long begin = Stopwatch.GetTimestamp();
            Add(index, rows, trying.Part(0.7));
            double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            var point = Ask(index, asked, truth);
            var statistics = index.Statistics;
            return candidate with
            {
                Ef = point.Ef, Recall = point.Recall, QueriesPerSecond = point.QueriesPerSecond, BuildSeconds = seconds,
                Bytes = statistics.VectorBytes + statistics.CodeBytes + statistics.GraphBytes,
            };
        }

        /// <summary>The first point at which enough is found, or the last; what searches alike however far they look has one.</summary>
        RecallPoint Ask(VectorIndex index, float[] asked, TrueNeighbors truth)
        {
            RecallPoint last = default;
            foreach (var point in RecallCurve.Measure(index, asked, truth, enough: options.Recall))
            {
                last = point;
                if (index is FlatIndex) break;
                course.Cancellation.ThrowIfCancellationRequested();
            }
            return last;
        }

        /// <summary>What is to be expected with all vectors.</summary>
        AutoCandidate Expect(AutoCandidate small, AutoCandidate whole, int few, int many, int all)
        {
            double growth = Math.Log((double)all / many), step = Math.Log((double)many / few);
            double Grown(double from, double to, double least, double most) => Math.Exp(growth * Math.Clamp(Math.Log(to / from) / step, least, most));
            long bytes = (long)(whole.Bytes * (double)all / many);
            string? objection = whole.Recall < options.Recall ? $"finds no more than {whole.Recall.ToString("0.000", CultureInfo.InvariantCulture)}"
                : bytes > options.MemoryBytes ? "takes too much memory" : null;
            return whole with
            {
                QueriesPerSecond = whole.QueriesPerSecond / Grown(whole.QueriesPerSecond, small.QueriesPerSecond, 0, 1),
                BuildSeconds = whole.BuildSeconds * Grown(small.BuildSeconds, whole.BuildSeconds, 1, 2),
                Bytes = bytes,
                Objection = objection,
            };
        }

        /// <summary>Builds from all vectors but those held out, measures with those how far searches must look, and adds them.</summary>
        (VectorIndex, AutoReport) Take(AutoCandidate chosen, IReadOnlyList<AutoCandidate> candidates, string reason, int[] kept, int[] queries, int sample, int larger)
        {
            var index = Make(chosen);
            try
            {
                long begin = Stopwatch.GetTimestamp();
                Add(index, kept, course.Part(0.9));
                double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
                var point = new RecallPoint(index.DefaultEf, 1, double.NaN, 0);
                if (queries.Length > 0 && kept.Length > 0)
                {
                    float[] asked = Rows(queries);
                    using var exact = Exact(kept);
                    point = Ask(index, asked, TrueNeighbors.Find(exact, asked, Math.Min(options.K, kept.Length)));
                    index.DefaultEf = point.Ef;
                }
                Add(index, queries, course.Part(1));
                course.End();
                return (index, new()
                {
                    Candidates = candidates, Chosen = chosen, Reason = reason, Sample = sample, LargerSample = larger, Count = ids.Length,
                    Ef = point.Ef, Recall = point.Recall, QueriesPerSecond = point.QueriesPerSecond, BuildSeconds = seconds,
                });
            }
            catch
            {
                index.Dispose();
                throw;
            }
        }

        FlatIndex Exact(int[] rows)
        {
            var exact = new FlatIndex(_dimension, settings.Metric, settings.Metric == VectorMetric.Hamming ? VectorElement.Binary : VectorElement.Float32);
            Add(exact, rows, course.Part(0));
            return exact;
        }

        VectorIndex Make(AutoCandidate candidate) => IndexKinds.Create(candidate.Kind, new(_dimension)
        {
            Metric = settings.Metric, Elements = candidate.Elements, Seed = settings.Seed, Named = candidate.Settings,
        });

        void Add(VectorIndex index, int[] rows, Course adding)
        {
            if (rows.Length > 0) index.Add([.. rows.Select(row => ids.Span[row])], Rows(rows), adding, adding.Cancellation);
        }

        float[] Rows(int[] rows)
        {
            float[] values = new float[(long)rows.Length * _dimension];
            for (int i = 0; i < rows.Length; i++) vectors.Span.Slice(rows[i] * _dimension, _dimension).CopyTo(values.AsSpan(i * _dimension));
            return values;
        }

        static int[] Evenly(int all, int some) => [.. Enumerable.Range(0, some).Select(i => (int)((2L * i + 1) * all / (2L * some)))];
    }
}
