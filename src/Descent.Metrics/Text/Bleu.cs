namespace Descent.Metrics;

/// <summary>What BLEU does where a hypothesis has no n-gram of some length in common with its references.</summary>
/// <remarks>Chen and Cherry, "A Systematic Comparison of Smoothing Techniques for Sentence-Level BLEU", 2014.</remarks>
public enum BleuSmoothing
{
    /// <summary>The figure is 0.</summary>
    None,
    /// <summary>Counts of 0 are taken as 0.1 (method 1).</summary>
    Floor,
    /// <summary>One is added to matches and to n-grams longer than one (method 2; Lin and Och 2004).</summary>
    AddOne,
    /// <summary>The k-th count of 0 is taken as 2⁻ᵏ (method 3, NIST's).</summary>
    Exponential,
}

/// <summary>
/// The agreement of texts with reference translations, 0 to 1: the geometric mean of the shares of n-grams that are in a
/// reference, times <c>exp(1 − r / c)</c> where the texts' length c is below that of their references, r.
/// </summary>
/// <remarks>
/// Papineni et al., "BLEU: a Method for Automatic Evaluation of Machine Translation", ACL 2002. An n-gram counts at most as
/// often as in the reference that has it most often; r adds up the lengths of the nearest references, the shorter of two.
/// </remarks>
public sealed class BleuMeter : IMetric<BleuMeter, double>
{
    readonly long[] _matches, _totals;
    readonly BleuSmoothing _smoothing;
    long _length, _referenceLength;

    /// <param name="order">The longest n-grams, at least 1.</param>
    /// <param name="smoothing">What is done about counts of 0.</param>
    public BleuMeter(int order = 4, BleuSmoothing smoothing = BleuSmoothing.None)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        (_matches, _totals, _smoothing) = (new long[order], new long[order], smoothing);
    }

    /// <summary>Adds a text as its tokens, and one or more references to hold it against.</summary>
    /// <param name="hypothesis">Its tokens.</param>
    /// <param name="references">The tokens of each reference.</param>
    /// <exception cref="ArgumentException">There is no reference.</exception>
    public void Update(IReadOnlyList<string> hypothesis, params IReadOnlyList<IReadOnlyList<string>> references)
    {
        ArgumentNullException.ThrowIfNull(hypothesis);
        ArgumentNullException.ThrowIfNull(references);
        if (references.Count == 0) throw new ArgumentException("BleuMeter: there is no reference; expected at least one.", nameof(references));
        var ngrams = new Ngrams();
        var counts = ngrams.Count(hypothesis, _totals.Length);
        var most = new Dictionary<int, int>();
        foreach (var reference in references)
            foreach (var (ngram, (_, count)) in ngrams.Count(reference, _totals.Length))
                most[ngram] = Math.Max(count, most.GetValueOrDefault(ngram));
        foreach (var (ngram, (order, count)) in counts)
        {
            _totals[order - 1] += count;
            _matches[order - 1] += Math.Min(count, most.GetValueOrDefault(ngram));
        }
        _length += hypothesis.Count;
        _referenceLength += references.Select(r => r.Count).OrderBy(length => Math.Abs(length - hypothesis.Count)).ThenBy(length => length).First();
    }

    /// <summary>The figure; NaN of nothing, 0 of texts that are all empty.</summary>
    public double Compute()
    {
        if (_length == 0) return _referenceLength == 0 ? double.NaN : 0;
        double sum = 0, unmatched = 1;
        int orders = 0;
        for (int n = 0; n < _totals.Length; n++)
        {
            // Texts shorter than n have no n-grams to agree in.
            if (_totals[n] == 0) continue;
            orders++;
            double matches = _matches[n], total = _totals[n];
            if (_smoothing == BleuSmoothing.AddOne && n > 0) (matches, total) = (matches + 1, total + 1);
            else if (matches == 0 && _smoothing == BleuSmoothing.Floor) matches = 0.1;
            else if (matches == 0 && _smoothing == BleuSmoothing.Exponential) matches = unmatched /= 2;
            sum += Math.Log(matches / total);
        }
        return Math.Exp(sum / orders) * (_length >= _referenceLength ? 1 : Math.Exp(1 - (double)_referenceLength / _length));
    }

    /// <inheritdoc/>
    public void Reset()
    {
        Array.Clear(_matches);
        Array.Clear(_totals);
        (_length, _referenceLength) = (0, 0);
    }

    /// <inheritdoc/>
    public void Merge(BleuMeter other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other._totals.Length != _totals.Length || other._smoothing != _smoothing)
            throw new ArgumentException($"BleuMeter: cannot merge orders up to {other._totals.Length} with {other._smoothing} into {_totals.Length} with {_smoothing}.");
        for (int n = 0; n < _totals.Length; n++)
        {
            _matches[n] += other._matches[n];
            _totals[n] += other._totals[n];
        }
        (_length, _referenceLength) = (_length + other._length, _referenceLength + other._referenceLength);
    }

    /// <summary>Numbers for n-grams: each is the number of all but its last token, and that token.</summary>
    sealed class Ngrams
    {
        readonly Dictionary<(int Head, string Last), int> _numbers = [];

        internal Dictionary<int, (int Order, int Count)> Count(IReadOnlyList<string> tokens, int order)
        {
            var counts = new Dictionary<int, (int Order, int Count)>();
            for (int first = 0; first < tokens.Count; first++)
                for (int n = 1, head = 0; n <= order && first + n <= tokens.Count; n++)
                {
                    var key = (head, tokens[first + n - 1]);
                    if (!_numbers.TryGetValue(key, out head)) _numbers[key] = head = _numbers.Count + 1;
                    counts[head] = (n, counts.GetValueOrDefault(head).Count + 1);
                }
            return counts;
        }
    }
}

/// <summary>Figures of text.</summary>
public static class TextMetrics
{
    /// <summary>BLEU of one text; see <see cref="BleuMeter"/> for a corpus, which is not the mean of its texts.</summary>
    /// <param name="hypothesis">Its tokens.</param>
    /// <param name="references">The tokens of each reference.</param>
    /// <param name="order">The longest n-grams, at least 1.</param>
    /// <param name="smoothing">What is done about counts of 0, which short texts have.</param>
    /// <exception cref="ArgumentException">There is no reference.</exception>
    public static double SentenceBleu(IReadOnlyList<string> hypothesis, IReadOnlyList<IReadOnlyList<string>> references, int order = 4, BleuSmoothing smoothing = BleuSmoothing.Exponential)
    {
        var meter = new BleuMeter(order, smoothing);
        meter.Update(hypothesis, references);
        return meter.Compute();
    }

    /// <summary>BLEU of a corpus with one or several references a text.</summary>
    /// <param name="hypotheses">The tokens of each text.</param>
    /// <param name="references">For each text, the tokens of each reference.</param>
    /// <param name="order">The longest n-grams, at least 1.</param>
    /// <param name="smoothing">What is done about counts of 0.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a text has no reference.</exception>
    public static double CorpusBleu(IReadOnlyList<IReadOnlyList<string>> hypotheses, IReadOnlyList<IReadOnlyList<IReadOnlyList<string>>> references, int order = 4,
        BleuSmoothing smoothing = BleuSmoothing.None)
    {
        ArgumentNullException.ThrowIfNull(hypotheses);
        ArgumentNullException.ThrowIfNull(references);
        Check.SameLength(references.Count, hypotheses.Count, 0);
        var meter = new BleuMeter(order, smoothing);
        for (int i = 0; i < hypotheses.Count; i++) meter.Update(hypotheses[i], references[i]);
        return meter.Compute();
    }

    /// <summary><c>exp(−mean of log p)</c>; NaN of nothing.</summary>
    /// <param name="logProbabilities">The natural logarithm of the probability that the model gave each token.</param>
    public static double Perplexity(ReadOnlySpan<double> logProbabilities)
    {
        var meter = new PerplexityMeter();
        meter.Update(logProbabilities);
        return meter.Compute();
    }
}
