using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>What learns of a part of a network.</summary>
internal static class TrainableParts
{
    /// <summary>A module's parameters that take a gradient, and those of the adapters that are on in it.</summary>
    public static IEnumerable<Parameter> TrainableParameters(this nn.Module module) =>
        module.parameters()
            .Concat(module.modules().OfType<IAdaptableLayer>().SelectMany(layer => layer.Adapter?.Parameters ?? []))
            .Where(parameter => parameter.requires_grad);
}
