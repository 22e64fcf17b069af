using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>A policy whose layers accept adapters.</summary>
public interface IAdaptablePolicy : IVisionLanguagePolicy
{
    /// <summary>The layers and the active adapter.</summary>
    AdapterHost Adapters { get; }

    /// <summary>The class name in transformers, such as <c>Qwen2VLForConditionalGeneration</c>.</summary>
    string ArchitectureName { get; }

    /// <summary>The folder from which the weights were loaded; <see langword="null"/> if there is none.</summary>
    string? SourceFolder { get; }

    /// <summary>
    /// Writes a checkpoint folder like <see cref="IVisionLanguagePolicy.Save"/>, with replacement values for some parameters.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="replaced">
    /// The replacement values by published name, in addition to or instead of those of <see cref="IVisionLanguagePolicy.Parameters"/>;
    /// the caller keeps ownership. If they include a tied head or the embedding that it is tied to, the checkpoint holds both, untied.
    /// </param>
    /// <param name="cancellationToken">Cancels between tensors; no partial files remain.</param>
    void Save(string folder, IReadOnlyDictionary<string, Tensor> replaced, CancellationToken cancellationToken = default);
}
