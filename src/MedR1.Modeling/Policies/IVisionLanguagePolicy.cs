using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// The interface between a model family and everything else: sampling and training access a model only through it. Not
/// thread-safe; its creator disposes it.
/// </summary>
public interface IVisionLanguagePolicy : IDisposable
{
    /// <summary>The network.</summary>
    nn.Module Network { get; }

    /// <summary>The processor that belongs to the network.</summary>
    IVisionLanguageProcessor Processor { get; }

    /// <summary>The device of the network.</summary>
    Device Device { get; }

    /// <summary>The data type of the weights.</summary>
    ScalarType DataType { get; }

    /// <summary>The number of logits; can be greater than the number of tokens of the tokenizer.</summary>
    int VocabularySize { get; }

    /// <summary>The maximum number of tokens of prompt and completion together.</summary>
    int ContextLength { get; }

    /// <summary>Tokens that end a completion.</summary>
    IReadOnlyList<int> EndTokenIds { get; }

    /// <summary>Tokens that a completion must never contain: placeholders of images and clips, and their delimiters.</summary>
    IReadOnlyList<int> SuppressedTokenIds { get; }

    /// <summary>Every parameter once, with its name in a checkpoint file, in a fixed order.</summary>
    IReadOnlyList<KeyValuePair<string, Parameter>> Parameters { get; }

    /// <summary>
    /// The dropout seed used in training; <see langword="null"/> without dropout. A resumed run must use the same seed.
    /// </summary>
    long? DropoutSeed => null;

    /// <summary>Returns the part of the model that a parameter belongs to.</summary>
    /// <param name="parameterName">The parameter's name in <see cref="Parameters"/>.</param>
    ModelPart PartOf(string parameterName) => ModelPart.Language;

    /// <summary>Runs the vision tower once for each distinct image.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <returns>
    /// <c>[image tokens, hidden]</c>: features in the order of the prompts and their images, repeated for an image that occurs
    /// twice; <see langword="null"/> if no prompt has an image.
    /// </returns>
    Tensor? EncodeImages(IReadOnlyList<EncodedPrompt> prompts);

    /// <summary>
    /// Whether both policies compute the same features for an image and will continue to do so while this one is trained: their towers
    /// and mergers have equal weights, and this policy's are frozen. Features computed by one can then be passed to the other.
    /// </summary>
    /// <param name="other">The other policy, such as the reference; it must not be trained.</param>
    bool SharesVisionWith(IVisionLanguagePolicy other) => false;

    /// <summary>
    /// Caches the results of <see cref="EncodeImages"/>, so that an image that occurs again, in the update after the rollout or
    /// in the next epoch, isn't recomputed. Until the result is disposed, tower and merger must not change.
    /// </summary>
    /// <param name="maxBytes">
    /// The maximum number of bytes that features may occupy between calls, at least 1; least recently used features are evicted.
    /// </param>
    /// <returns>
    /// Dispose it to stop caching and free the features; <see langword="null"/> if caching was not started, because the tower or
    /// merger is trainable or features are already being cached.
    /// </returns>
    IDisposable? KeepImageFeatures(long maxBytes) => null;

    /// <summary>Creates a cache with all its memory allocated, in the network's data type and on its device.</summary>
    /// <param name="promptSlots">The number of prompts that the cache can hold at once.</param>
    /// <param name="rowSlots">The number of completions that the cache can hold at once.</param>
    /// <param name="promptCapacity">The maximum number of tokens of a prompt.</param>
    /// <param name="completionCapacity">The maximum number of tokens of a completion.</param>
    IKeyValueCache CreateCache(int promptSlots, int rowSlots, int promptCapacity, int completionCapacity);

    /// <summary>Runs prompts and writes their keys and values to slots of the cache.</summary>
    /// <param name="prompts">The prompts; lengths and numbers of images may differ.</param>
    /// <param name="slots">The slot of each prompt; previous content is overwritten.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="imageFeatures">
    /// The result of <see cref="EncodeImages"/> for these prompts, if the caller has it; otherwise the tower runs.
    /// </param>
    /// <returns><c>[prompts, vocabulary]</c> float32 logits of the token after each prompt, without gradient.</returns>
    Tensor Prefill(
        IReadOnlyList<EncodedPrompt> prompts, IReadOnlyList<int> slots, IKeyValueCache cache,
        Tensor? imageFeatures = null);

    /// <summary>Runs one token per row, after the row's prompt and its previous tokens.</summary>
    /// <param name="tokens"><c>[rows]</c> int64 tokens.</param>
    /// <param name="rows">
    /// The slots of each row; any rows of the cache in any order, fastest if the rows of a prompt are adjacent.
    /// </param>
    /// <param name="cache">The cache.</param>
    /// <returns><c>[rows, vocabulary]</c> float32 logits of the next token, without gradient.</returns>
    Tensor Decode(Tensor tokens, IReadOnlyList<DecodeRow> rows, IKeyValueCache cache);

    /// <summary>
    /// Prepares for many decode steps, for instance by copying the weights to a layout that is faster to read. Until the result
    /// is disposed, the weights must not change.
    /// </summary>
    /// <param name="rows">The maximum number of rows in a step, at least 1.</param>
    /// <returns>Dispose it to undo the preparation; <see langword="null"/> if there is nothing to prepare.</returns>
    IDisposable? BeginDecoding(int rows) => null;

    /// <summary>
    /// The trainer's forward pass: log-probabilities of completion tokens, with gradient unless gradients are disabled. Each image
    /// and each prompt is computed once; the completions of a prompt attend to it but not to each other.
    /// </summary>
    /// <param name="groups">Prompts with completions.</param>
    /// <param name="options">Temperature, suppressed tokens, entropies.</param>
    /// <param name="imageFeatures">
    /// The result of <see cref="EncodeImages"/> for the groups' prompts, if the caller has it; otherwise the tower runs.
    /// </param>
    TokenStatistics TokenLogProbabilities(
        IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options, Tensor? imageFeatures = null);

    /// <summary>
    /// Computes the log-probabilities of every token of whole sequences except the first, for training on conversations.
    /// </summary>
    /// <param name="sequences">The sequences.</param>
    /// <returns>
    /// Statistics <c>[sequences, longest − 1]</c> without entropies: column k belongs to token k + 1, padding is on the right.
    /// </returns>
    TokenStatistics SequenceLogProbabilities(IReadOnlyList<EncodedPrompt> sequences);

    /// <summary>
    /// Begins an optimizer step: the dropout of subsequent passes with gradient depends only on the seed, the step and their
    /// position in the step, so that a resumed run has the same dropout as an uninterrupted one.
    /// </summary>
    /// <param name="step">The step.</param>
    void BeginStep(long step)
    {
    }

    /// <summary>Creates a frozen copy with the same weights, for use as the reference.</summary>
    IVisionLanguagePolicy CloneFrozen();

    /// <summary>
    /// Creates the default reference policy of training: a frozen copy or, for a policy with an adapter, the same policy with the
    /// adapter disabled, which takes no extra memory. The caller disposes it.
    /// </summary>
    IVisionLanguagePolicy CreateReference() => CloneFrozen();

    /// <summary>
    /// Writes a checkpoint folder in the family's published format. An existing model is replaced only after everything has been
    /// written; other files in its folder are kept.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellationToken">Cancels between tensors; no partial files remain.</param>
    void Save(string folder, CancellationToken cancellationToken = default);
}
