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

    /// <summary>Rows of the head; there may be more than the tokenizer has tokens.</summary>
    int VocabularySize { get; }

    /// <summary>The maximum number of tokens of prompt and completion together.</summary>
    int ContextLength { get; }

    /// <summary>Tokens that end a completion.</summary>
    IReadOnlyList<int> EndTokenIds { get; }

    /// <summary>Tokens that a completion must never contain: those that stand for images and clips, and their marks.</summary>
    IReadOnlyList<int> SuppressedTokenIds { get; }

    /// <summary>Every parameter once, by its name in a checkpoint file, in a fixed order.</summary>
    IReadOnlyList<KeyValuePair<string, Parameter>> Parameters { get; }

    /// <summary>
    /// The dropout seed used in training; <see langword="null"/> without dropout. A resumed run must use the same seed.
    /// </summary>
    long? DropoutSeed => null;

    /// <summary>The part of the model that a parameter belongs to.</summary>
    /// <param name="parameterName">Its name in <see cref="Parameters"/>.</param>
    ModelPart PartOf(string parameterName) => ModelPart.Language;

    /// <summary>Runs the vision tower once for each distinct image.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <returns>
    /// <c>[image tokens, hidden]</c>: features in the order of the prompts and their images (twice for an image that occurs
    /// twice); null if no prompt has an image.
    /// </returns>
    Tensor? EncodeImages(IReadOnlyList<EncodedPrompt> prompts);

    /// <summary>
    /// Whether both policies give an image the same features, and will keep doing so during training: tower and merger have equal
    /// weights, and none of them takes a gradient. Features of one may then be given to the other.
    /// </summary>
    /// <param name="other">The other policy, such as the reference.</param>
    bool SharesVisionWith(IVisionLanguagePolicy other) => false;

    /// <summary>
    /// Caches the results of <see cref="EncodeImages"/>, so that an image that occurs again, in the update after its sampling or
    /// an epoch later, isn't recomputed. Until the result is disposed, tower and merger must not change.
    /// </summary>
    /// <param name="maxBytes">
    /// The maximum memory that features may take between calls, at least 1; beyond it the least recently used are dropped.
    /// </param>
    /// <returns>
    /// Dispose it to stop and free the features; <see langword="null"/> if nothing was started, because the tower or merger takes a
    /// gradient or features are already being kept.
    /// </returns>
    IDisposable? KeepImageFeatures(long maxBytes) => null;

    /// <summary>Creates a cache with all its memory allocated, in the network's data type and on its device.</summary>
    /// <param name="promptSlots">The number of prompts it can hold at once.</param>
    /// <param name="rowSlots">The number of completions it can hold at once.</param>
    /// <param name="promptCapacity">Tokens of the longest prompt.</param>
    /// <param name="completionCapacity">Tokens of the longest completion.</param>
    IKeyValueCache CreateCache(int promptSlots, int rowSlots, int promptCapacity, int completionCapacity);

    /// <summary>Runs prompts and fills slots of the cache with them.</summary>
    /// <param name="prompts">Lengths and numbers of images may differ.</param>
    /// <param name="slots">The slot of each prompt; its previous content is lost.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="imageFeatures">
    /// The result of <see cref="EncodeImages"/> for these prompts, if the caller has it; otherwise the tower runs.
    /// </param>
    /// <returns><c>[prompts, vocabulary]</c> float32 logits of the token after each prompt, without gradient.</returns>
    Tensor Prefill(
        IReadOnlyList<EncodedPrompt> prompts, IReadOnlyList<int> slots, IKeyValueCache cache,
        Tensor? imageFeatures = null);

    /// <summary>Runs one token in each row, after its prompt and the row's own tokens.</summary>
    /// <param name="tokens"><c>[rows]</c> int64 tokens.</param>
    /// <param name="rows">
    /// The slots of each row; any rows of the cache in any order, fastest if those of a prompt are adjacent.
    /// </param>
    /// <param name="cache">The cache.</param>
    /// <returns><c>[rows, vocabulary]</c> float32 logits of the token after it, without gradient.</returns>
    Tensor Decode(Tensor tokens, IReadOnlyList<DecodeRow> rows, IKeyValueCache cache);

    /// <summary>
    /// Prepares for many decoding steps, for instance by copying the weights to a layout that is read faster. Until the result is
    /// disposed, the weights must not change.
    /// </summary>
    /// <param name="rows">The maximum number of rows in a step, at least 1.</param>
    /// <returns>Dispose it to end this; <see langword="null"/> if there is nothing to prepare.</returns>
    IDisposable? BeginDecoding(int rows) => null;

    /// <summary>
    /// The trainer's forward pass: log-probabilities of completion tokens, with gradient unless that is switched off. Each image
    /// and each prompt is computed once; a prompt's completions follow it and don't see each other.
    /// </summary>
    /// <param name="groups">Prompts with completions.</param>
    /// <param name="options">Temperature, suppressed tokens, entropies.</param>
    /// <param name="imageFeatures">
    /// The result of <see cref="EncodeImages"/> for the groups' prompts, if the caller has it; otherwise the tower runs.
    /// </param>
    TokenStatistics TokenLogProbabilities(
        IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options, Tensor? imageFeatures = null);

    /// <summary>
    /// Log-probabilities of every token of whole sequences after the first, for training on conversations.
    /// </summary>
    /// <param name="sequences">The sequences.</param>
    /// <returns>
    /// Statistics <c>[sequences, longest − 1]</c> without entropies: column k belongs to token k + 1, padding is on the right.
    /// </returns>
    TokenStatistics SequenceLogProbabilities(IReadOnlyList<EncodedPrompt> sequences);

    /// <summary>
    /// Declares that passes with gradient from now on belong to a given optimizer step. Their dropout depends only on the seed,
    /// the step and their position in it, so that a resumed run has the same dropout as an uninterrupted one.
    /// </summary>
    /// <param name="step">The step.</param>
    void BeginStep(long step)
    {
    }

    /// <summary>A copy with the same weights that takes no gradient, for use as the reference.</summary>
    IVisionLanguagePolicy CloneFrozen();

    /// <summary>
    /// What training compares this policy with by default: a frozen copy or, for a policy with an adapter, the policy with the
    /// adapter off, which takes no memory. The caller disposes it.
    /// </summary>
    IVisionLanguagePolicy CreateReference() => CloneFrozen();

    /// <summary>
    /// Writes a checkpoint folder in the family's published format; an existing model is replaced only when everything is written,
    /// and other files in its folder stay.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellationToken">Cancels between tensors; nothing half-written is left.</param>
    void Save(string folder, CancellationToken cancellationToken = default);
}
