using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>The copies of the base's embedding table and head that PEFT saves with an adapter of these.</summary>
internal static class BaseCopies
{
    private const long NumbersAtOnce = 1 << 22;

    /// <summary>Returns the module whose weight a tensor copies; <see langword="null"/> if it is no such copy.</summary>
    public static AdaptableModule? ModuleOf(SafetensorsEntry entry, IAdaptablePolicy policy) =>
        policy.Adapters.Modules.FirstOrDefault(module =>
            (module.Layer.Kind == AdaptableLayerKind.Embedding || module.Name == AdapterHost.Head)
            && new[] { module.Name, module.PublishedName }
                .SelectMany(one => new[] { $"{LoraTensor.Prefix}{one}.weight", $"{LoraTensor.Prefix}{one}.base_layer.weight" })
                .Contains(entry.Name)
            && entry.Shape.SequenceEqual(module.Layer.Weight.shape));

    /// <summary>
    /// Returns a mistake for each copy that is not the base's: PEFT computes with the copy, so the result would be another one.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="taken">The tensors that belong to the adapter itself.</param>
    /// <param name="policy">The base.</param>
    public static IEnumerable<string> Mistakes(
        SafetensorsFile file, IEnumerable<SafetensorsEntry> taken, IAdaptablePolicy policy)
    {
        foreach (SafetensorsEntry entry in file.Entries.Values.Except(taken))
        {
            if (ModuleOf(entry, policy) is { } module && !Holds(file, entry, module.Layer.Weight))
            {
                yield return $"{entry.Name} holds other numbers than {module.Name} of this model, which the adapter was therefore "
                    + "not trained on; load the model that it was trained on.";
            }
        }
    }

    // Whether file and base hold the same numbers, possibly rounded to the data type of one of them.
    private static bool Holds(SafetensorsFile file, SafetensorsEntry entry, Parameter weight)
    {
        using IDisposable noGradient = no_grad();
        (long rows, long width) = (weight.shape[0], weight.shape[1]);
        long atOnce = Math.Max(1, NumbersAtOnce / width);
        for (long row = 0; row < rows; row += atOnce)
        {
            using DisposeScope scope = NewDisposeScope();
            long count = Math.Min(atOnce, rows - row);
            Tensor copy = file.LoadRows(entry.Name, row, count);
            Tensor own = weight.narrow(0, row, count).cpu();
            if (!IsSame(copy.to(own.dtype), own) && !IsSame(own.to(copy.dtype), copy))
                return false;
        }

        return true;

        static bool IsSame(Tensor left, Tensor right) => left.eq(right).all().item<bool>();
    }
}
