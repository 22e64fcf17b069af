using System.Runtime.CompilerServices;

using MedR1.Modeling;

namespace MedR1.Testing;

/// <summary>A sampler with scripted answers, to test rewards, trainers and reports without a model.</summary>
public sealed class ScriptedSampler : ISampler
{
    private readonly Func<VqaPrompt, int, string> _answer;
    private readonly ByteTokenizer _tokenizer = new();

    /// <summary>Creates a sampler that calls a function.</summary>
    /// <param name="answer">Returns the text for a prompt and a sample's index in its group, from 0.</param>
    public ScriptedSampler(Func<VqaPrompt, int, string> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        _answer = answer;
    }

    /// <summary>Creates a sampler that gives each group the same answers, starting over when they run out.</summary>
    /// <param name="answers">At least one answer.</param>
    /// <exception cref="ArgumentException">There are no answers.</exception>
    public ScriptedSampler(params IReadOnlyList<string> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        if (answers.Count == 0)
        {
            throw new ArgumentException("The list of answers is empty; give at least one.", nameof(answers));
        }

        _answer = (_, sample) => answers[sample % answers.Count];
    }

    /// <summary>The log-probability of every token, in both lists of a completion.</summary>
    /// <value>The default is 0.</value>
    public float LogProbability { get; init; }

    /// <summary>The options of each call, in order, for assertions.</summary>
    public IList<SamplingOptions> Calls { get; } = [];

    /// <inheritdoc/>
    public async IAsyncEnumerable<CompletionGroup> SampleAsync(
        IReadOnlyList<VqaPrompt> prompts,
        SamplingOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(options);
        Calls.Add(options);
        for (int i = 0; i < prompts.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
            Completion[] completions =
                [.. Enumerable.Range(0, options.SamplesPerPrompt)
                    .Select(sample => Answer(prompts[i], sample, options))];
            yield return new CompletionGroup(prompts[i], completions) { PromptIndex = i };
        }
    }

    private Completion Answer(VqaPrompt prompt, int sample, SamplingOptions options)
    {
        int[] tokens = [.. _tokenizer.Encode(_answer(prompt, sample)), ByteTokenizer.EndTokenId];
        bool fits = tokens.Length <= options.MaxNewTokens;
        tokens = fits ? tokens : tokens[..options.MaxNewTokens];
        float[] logProbabilities = [.. Enumerable.Repeat(LogProbability, tokens.Length)];
        return new Completion
        {
            Text = _tokenizer.Decode(tokens),
            TokenIds = tokens,
            StopReason = fits ? StopReason.EndToken : StopReason.Length,
            LogProbabilities = logProbabilities,
            ProcessedLogProbabilities = logProbabilities,
            SampleIndex = sample,
        };
    }
}
