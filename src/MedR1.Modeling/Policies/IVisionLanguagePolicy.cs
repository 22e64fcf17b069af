using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// The interface between a model family and everything else: sampling and training access a model only through it. Not
/// thread-safe; its creator disposes it.
/// </summary>
/// <remarks>
/// Callers keep ownership of what they pass. Results are new tensors in the caller's dispose scope, or its to dispose; a call leaves
/// no scope and no gradient mode open. Calls after <see cref="IDisposable.Dispose"/> throw an <see cref="ObjectDisposedException"/>,
/// and a prompt, completion or token that the model can't take an <see cref="InvalidPromptException"/>. <c>PolicyContract</c> in
/// MedR1.Testing checks an implementation.
/// </remarks>
public interface IVisionLanguagePolicy : IDisposable
{
    /// <summary>
    /// The network, the same object in every call: by it, trainers recognize that two policies, such as a model and its adapter, share
    /// weights. Nothing else calls it.
    /// </summary>
    nn.Module Network { get; }

    /// <summary>The processor that belongs to the network.</summary>
    IVisionLanguageProcessor Processor { get; }

    /// <summary>The device of the network and of every result.</summary>
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

    /// <summary>
    /// Every parameter once, frozen ones and those of 8-bit weights included, with its name in a checkpoint file, in a fixed order; a
    /// tied parameter occurs under one name. A parameter is trained if it takes a gradient (<c>requires_grad</c>).
    /// </summary>
    IReadOnlyList<KeyValuePair<string, Parameter>> Parameters { get; }

    /// <summary>
    /// The dropout seed used in training; <see langword="null"/> without dropout. A resumed run must use the same seed.
    /// </summary>
    long? DropoutSeed => null;

    /// <summary>
    /// Returns the part of the model that a parameter belongs to. Freezing, learning rates by part and adapters on the tower rely on it;
    /// the default is right only for a model without a tower.
    /// </summary>
    /// <param name="parameterName">The parameter's name in <see cref="Parameters"/>.</param>
    ModelPart PartOf(string parameterName) => ModelPart.Language;

    /// <summary>
    /// Runs the vision tower once for each distinct image (<see cref="EncodedImage.ByContent"/>), with gradient unless gradients are
    /// disabled or the tower is frozen.
    /// </summary>
    /// <param name="prompts">
    /// The prompts. Only their images count: the sampler passes images in a prompt without tokens.
    /// </param>
    /// <returns>
    /// <c>[image tokens, width]</c>: features in the order of the prompts and their images, repeated for an image that occurs
    /// twice; <see langword="null"/> if no prompt has an image. The width is the family's own: the features go back only to the same
    /// policy, or to one that <see cref="SharesVisionWith"/> it. The numbers of rows of images are in proportion to their patches
    /// (<see cref="ImageGrid.PatchCount"/>), because the sampler divides the rows among the images and joins those of other prompts. An
    /// image's features must not depend on the other images.
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
    IDisposable? CacheImageFeatures(long maxBytes) => null;

    /// <summary>Creates a cache with all its memory allocated, in the network's data type and on its device.</summary>
    /// <param name="promptSlots">The number of prompts that the cache can hold at once.</param>
    /// <param name="rowSlots">The number of completions that the cache can hold at once.</param>
    /// <param name="promptCapacity">The maximum number of tokens of a prompt.</param>
    /// <param name="completionCapacity">The maximum number of tokens of a completion.</param>
    /// <returns>An empty cache, which the caller disposes before the policy.</returns>
    IKeyValueCache CreateCache(int promptSlots, int rowSlots, int promptCapacity, int completionCapacity);

    /// <summary>
    /// Runs prompts and writes their keys and values to slots of the cache; other slots keep their content. The logits of a prompt must
    /// not depend on the other prompts: bit for bit in float32 on the CPU, so that a completion is the same whatever is sampled with it.
    /// </summary>
    /// <param name="prompts">The prompts, at least one; lengths and numbers of images may differ.</param>
    /// <param name="slots">A slot for each prompt, all different, in any order; previous content is overwritten.</param>
    /// <param name="cache">A cache that <see cref="CreateCache"/> of this policy, or of the one under its adapter, created.</param>
    /// <param name="imageFeatures">
    /// The result of <see cref="EncodeImages"/> for these prompts, if the caller has it; otherwise the tower runs.
    /// </param>
    /// <returns>
    /// <c>[prompts, vocabulary]</c> float32 logits of the token after each prompt, without gradient, temperature or suppression.
    /// </returns>
    /// <exception cref="InvalidPromptException">A prompt can't be run, or is longer than the cache's prompts.</exception>
    /// <exception cref="ArgumentException">Prompts, slots, cache and features don't match.</exception>
    Tensor Prefill(
        IReadOnlyList<EncodedPrompt> prompts, IReadOnlyList<int> slots, IKeyValueCache cache,
        Tensor? imageFeatures = null);

    /// <summary>
    /// Runs one token per row, after the row's prompt and its previous tokens, and writes it to the row's slot at
    /// <see cref="DecodeRow.Length"/>; what the slot holds from there on is overwritten. The logits of a row must not depend on the other
    /// rows: bit for bit in float32 on the CPU.
    /// </summary>
    /// <param name="tokens"><c>[rows]</c> int64 tokens, on the policy's device.</param>
    /// <param name="rows">
    /// The slots of each row; any rows of the cache in any order, fastest if the rows of a prompt are adjacent.
    /// </param>
    /// <param name="cache">The cache that holds the prompts.</param>
    /// <returns>
    /// <c>[rows, vocabulary]</c> float32 logits of the next token, without gradient, temperature or suppression. The sampler may read
    /// them after the next call.
    /// </returns>
    /// <exception cref="InvalidOperationException">A prompt slot is empty, or a row is full.</exception>
    /// <exception cref="ArgumentException">Tokens, rows and cache don't match.</exception>
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
    /// and each prompt is computed once; the completions of a prompt attend to it but not to each other. Up to rounding, the values are
    /// those of decoding, and a row's don't depend on the other rows.
    /// </summary>
    /// <param name="groups">Prompts with completions, at least one of each; the numbers of completions may differ.</param>
    /// <param name="options">Temperature, suppressed tokens, entropies.</param>
    /// <param name="imageFeatures">
    /// The result of <see cref="EncodeImages"/> for the groups' prompts, if the caller has it; otherwise the tower runs.
    /// </param>
    /// <returns>Statistics <c>[completions, longest]</c>, which <see cref="TokenScores"/> makes from logits.</returns>
    TokenStatistics TokenLogProbabilities(
        IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options, Tensor? imageFeatures = null);

    /// <summary>
    /// Computes the log-probabilities of every token of whole sequences except the first, for training on conversations.
    /// </summary>
    /// <param name="sequences">The sequences, at least one; images may stand anywhere in them.</param>
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

    /// <summary>
    /// Creates a copy with the same weights, none of which takes a gradient, for use as the reference or the start of a critic. Training
    /// this policy doesn't change the copy. The caller disposes it.
    /// </summary>
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
