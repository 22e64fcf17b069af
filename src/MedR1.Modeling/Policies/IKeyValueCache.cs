namespace MedR1.Modeling;

/// <summary>
/// Keys and values of a rollout: those of each prompt once, those of its completions a row each. It belongs to one
/// rollout at a time; who creates it disposes it.
/// </summary>
public interface IKeyValueCache : IDisposable
{
    /// <summary>Prompts that it holds.</summary>
    int Groups { get; }

    /// <summary>Completions behind each prompt.</summary>
    int SamplesPerGroup { get; }

    /// <summary>
    /// Rows of completions: <see cref="Groups"/> × <see cref="SamplesPerGroup"/>, groups one after another.
    /// </summary>
    int Rows { get; }

    /// <summary>The longest prompt that fits.</summary>
    int PromptCapacity { get; }

    /// <summary>The longest completion that fits.</summary>
    int CompletionCapacity { get; }

    /// <summary>Completion tokens held in each row so far.</summary>
    int CompletionLength { get; }

    /// <summary>Bytes that its tensors take on their device.</summary>
    long ByteSize { get; }
}
