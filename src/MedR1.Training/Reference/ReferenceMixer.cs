using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// Moves a reference towards the policy. Only trainable parameters are mixed: the others are the same in both, and mixing would round them.
/// </summary>
internal sealed class ReferenceMixer
{
    private const string SameParameters = "IsFrozen must not change with ReferenceSync.";
    private readonly IReadOnlyList<(string Name, Parameter Policy, Parameter Reference)> _pairs;
    private readonly ReferenceSyncOptions _options;

    public ReferenceMixer(
        IReadOnlyList<KeyValuePair<string, Parameter>> trainable, IVisionLanguagePolicy reference,
        ReferenceSyncOptions options)
    {
        Dictionary<string, Parameter> own = reference.Parameters.ToDictionary();
        _pairs = [.. trainable.Select(pair => (pair.Key, pair.Value, own[pair.Key]))];
        _options = options;
    }

    /// <summary>The reference's weights, as stored in a checkpoint.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Weights =>
        _pairs.Select(pair => KeyValuePair.Create(pair.Name, (Tensor)pair.Reference));

    /// <summary>Mixes the weights if the step is due.</summary>
    public void MixIfDue(long step)
    {
        if (step % _options.Interval != 0)
        {
            return;
        }

        using IDisposable guard = no_grad();
        foreach ((_, Parameter policy, Parameter reference) in _pairs)
        {
            // Rounded to bfloat16 only once: two rounded products would not add up to the original weight where both are equal.
            using DisposeScope scope = NewDisposeScope();
            ScalarType wide = reference.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
            Tensor mixed = reference.to(wide, copy: true).TimesInPlace(1 - _options.Mixup);
            reference.copy_(mixed.PlusInPlace(policy.to(wide), _options.Mixup));
        }
    }

    /// <summary>Sets the reference's weights.</summary>
    /// <exception cref="InvalidDataException">
    /// A weight is missing, has a different shape, or is not needed; nothing has changed.
    /// </exception>
    public void Load(IReadOnlyDictionary<string, Tensor> weights)
    {
        string[] names = [.. _pairs.Select(pair => pair.Name)];
        if (names.Except(weights.Keys).FirstOrDefault() is string begun)
        {
            throw new InvalidDataException(
                $"The reference's '{begun}' was not synchronized, because the policy's was frozen, but it is trained now: {SameParameters}");
        }

        if (weights.Keys.Except(names).FirstOrDefault() is string ended)
        {
            throw new InvalidDataException(
                $"The reference's '{ended}' was synchronized with the policy's, which is frozen now: {SameParameters}");
        }

        if (_pairs.FirstOrDefault(pair => !weights[pair.Name].shape.SequenceEqual(pair.Reference.shape)).Name is string wrong)
        {
            throw new InvalidDataException($"The reference's '{wrong}' has a different shape.");
        }

        using IDisposable guard = no_grad();
        foreach ((string name, _, Parameter reference) in _pairs)
        {
            reference.copy_(weights[name]);
        }
    }
}
