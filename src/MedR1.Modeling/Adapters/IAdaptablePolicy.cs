using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>A policy whose layers take adapters.</summary>
public interface IAdaptablePolicy : IVisionLanguagePolicy
{
    /// <summary>The layers.</summary>
    AdapterHost Adapters { get; }

    /// <summary>The class in transformers, such as <c>Qwen2VLForConditionalGeneration</c>.</summary>
    string ArchitectureName { get; }

    /// <summary>The folder that the weights came from; null if they came from none.</summary>
    string? SourceFolder { get; }

    /// <summary>
    /// Writes a checkpoint folder like <see cref="IVisionLanguagePolicy.Save"/>, with other values for some parameters.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="replaced">
    /// The other values by published name. A tied head may be among them; the checkpoint is then untied.
    /// </param>
    /// <param name="cancellationToken">Cancels between tensors; nothing half-written stays.</param>
    void Save(string folder, IReadOnlyDictionary<string, Tensor> replaced, CancellationToken cancellationToken = default);
}
