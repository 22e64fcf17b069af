using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Finds the trainable parameters of a module.</summary>
internal static class TrainableParts
{
    /// <summary>Returns the trainable parameters of a module and of its active adapters.</summary>
    public static IEnumerable<Parameter> TrainableParameters(this nn.Module module) =>
        module.parameters()
            .Concat(module.modules().OfType<IAdaptableLayer>().SelectMany(layer => layer.Adapter?.Parameters ?? []))
            .Where(parameter => parameter.requires_grad);
}
