namespace MedR1.Evaluation;

/// <summary>
/// How options are prompted and how the log-probabilities of their tokens become probabilities of the options. Published scores
/// depend on the method, so each method has a name.
/// </summary>
public sealed record OptionScoring
{
    private readonly Func<IReadOnlyList<IReadOnlyList<float>>, double[]> _logits;

    /// <summary>Creates a scoring method.</summary>
    /// <param name="name">The name that is printed next to scores.</param>
    /// <param name="template">Creates the prompt.</param>
    /// <param name="continuation">Returns the text that is scored after the prompt for an option, given its index.</param>
    /// <param name="logits">Computes the logits for the softmax over options from the log-probabilities of each option's tokens.</param>
    public OptionScoring(
        string name,
        IPromptTemplate template,
        Func<VqaExample, int, string> continuation,
        Func<IReadOnlyList<IReadOnlyList<float>>, double[]> logits)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(continuation);
        ArgumentNullException.ThrowIfNull(logits);
        Name = name;
        Template = template;
        Continuation = continuation;
        _logits = logits;
    }

    /// <summary>
    /// OmniMedVQA's prefix score (arXiv 2402.09181 and its released code): after <c>Question: … The answer is</c>, the option
    /// <c>" text."</c> with the lowest mean token loss is the answer, and its confidence is softmax(1 / loss).
    /// </summary>
    public static OptionScoring OmniMedVqaPrefix { get; } = new(
        "omnimedvqa-prefix",
        new QuestionPrefixTemplate("omnimedvqa-prefix", "Question: ", " The answer is"),
        (example, index) => $" {example.Options[index]}.",
        options => [.. options.Select(tokens => 1 / Math.Max(MeanLoss(tokens), LeastLoss))]);

    /// <summary>
    /// The letters as answers to the whole problem, each scored by the sum of its tokens' log-probabilities. If each letter is a
    /// single token, this is the model's own distribution over the letters.
    /// </summary>
    /// <param name="template">Creates the prompt; its question contains the options.</param>
    /// <param name="format">The answer's text with <c>{0}</c> for the letter, such as <c>&lt;answer&gt; {0} &lt;/answer&gt;</c>.</param>
    public static OptionScoring Letters(IPromptTemplate template, string format = "{0}") => new(
        "letters-sum", template, (example, index) => Filled(format, OptionLetters.Of(index)), Sums);

    /// <summary>
    /// The options' texts as answers to the whole problem, each scored by the sum of its tokens' log-probabilities. Long options
    /// are at a disadvantage.
    /// </summary>
    /// <param name="template">Creates the prompt; its question contains the options.</param>
    /// <param name="format">The answer's text with <c>{0}</c> for the option's text.</param>
    public static OptionScoring Texts(IPromptTemplate template, string format = "{0}") => new(
        "texts-sum", template, (example, index) => Filled(format, example.Options[index]), Sums);

    /// <summary>The name of the method, printed next to scores.</summary>
    public string Name { get; }

    /// <summary>Creates the prompt.</summary>
    public IPromptTemplate Template { get; }

    /// <summary>Returns the text that is scored after the prompt for an option, given its index.</summary>
    public Func<VqaExample, int, string> Continuation { get; }

    // Only a text with probability 1 has a loss of 0; 1 / 0 would make the softmax NaN.
    private const double LeastLoss = 1e-6;

    /// <summary>Probabilities of the options, which add up to 1.</summary>
    /// <param name="tokenLogProbabilities">For each option, the natural-log probability of each of its tokens.</param>
    /// <exception cref="ArgumentException">
    /// There is no option, an option has no token, or a log-probability is above 0 or not a number.
    /// </exception>
    public IReadOnlyList<double> Probabilities(IReadOnlyList<IReadOnlyList<float>> tokenLogProbabilities)
    {
        ArgumentNullException.ThrowIfNull(tokenLogProbabilities);
        if (tokenLogProbabilities.Count == 0 || tokenLogProbabilities.Any(tokens => tokens.Count == 0))
        {
            throw new ArgumentException(
                $"Each of the {tokenLogProbabilities.Count} options needs at least one token, and there must be an "
                + "option.", nameof(tokenLogProbabilities));
        }

        if (tokenLogProbabilities.SelectMany(tokens => tokens).FirstOrDefault(value => !(value <= 1e-4f), -1f) is var wrong
            && wrong != -1f)
        {
            throw new ArgumentException(
                $"A log-probability can't be {wrong.ToText()}: expected the natural logarithm of a probability, at most 0.",
                nameof(tokenLogProbabilities));
        }

        return Softmax(_logits(tokenLogProbabilities));
    }

    private static double[] Sums(IReadOnlyList<IReadOnlyList<float>> options) =>
        [.. options.Select(tokens => tokens.Sum(value => (double)value))];

    private static double MeanLoss(IReadOnlyList<float> tokens) => -tokens.Average(value => (double)value);

    private static string Filled(string format, string text) => format.Replace("{0}", text, StringComparison.Ordinal);

    private static double[] Softmax(double[] logits)
    {
        double largest = logits.Max();
        if (double.IsNegativeInfinity(largest))
        {
            // All texts have probability 0, so none is more probable than another.
            return [.. logits.Select(_ => 1.0 / logits.Length)];
        }

        double[] shares = [.. logits.Select(logit => Math.Exp(logit - largest))];
        double sum = shares.Sum();
        return [.. shares.Select(share => share / sum)];
    }
}
