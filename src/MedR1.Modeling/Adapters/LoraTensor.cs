using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>A tensor of an adapter.</summary>
/// <param name="Layer">The layer that the tensor belongs to.</param>
/// <param name="Role">The role of the tensor.</param>
/// <param name="Shape">The shape.</param>
/// <param name="Type">The data type.</param>
internal sealed record LoraTensor(LoraLayer Layer, LoraRole Role, IReadOnlyList<long> Shape, ScalarType Type)
{
    /// <summary>The prefix of all names in PEFT's files.</summary>
    public const string Prefix = "base_model.model.";

    /// <summary>The name that PEFT writes.</summary>
    public string Name => NameIn(Layer.Module.Name);

    /// <summary>The possible names in a file: that of current transformers releases, and that of older ones.</summary>
    public IEnumerable<string> Names => [Name, NameIn(Layer.Module.PublishedName)];

    /// <summary>Returns the tensors of an adapter, layer by layer.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="upHasBias">Whether B has a bias.</param>
    /// <param name="hasMagnitude">Whether layers have DoRA's magnitude.</param>
    public static IReadOnlyList<LoraTensor> Of(
        IReadOnlyList<LoraLayer> layers, bool upHasBias, bool hasMagnitude)
    {
        List<LoraTensor> tensors = [];
        foreach (LoraLayer layer in layers)
        {
            IAdaptableLayer own = layer.Module.Layer;
            long[] shape = own.Weight.shape;

            // As in PEFT: low-rank parts are float32 even if the base has 16 bits; copies have the base's data type.
            ScalarType type = own.Weight.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
            if (layer.Rank > 0)
            {
                bool isTable = own.Kind == AdaptableLayerKind.Embedding;
                long output = isTable ? shape[1] : shape[0];
                long[] input = isTable ? [shape[0]] : shape[1..];
                Add(LoraRole.Down, type, [layer.Rank, .. input]);
                Add(LoraRole.Up, type, [output, layer.Rank, .. input.Skip(1).Select(_ => 1L)]);
                if (upHasBias)
                    Add(LoraRole.UpBias, type, [output]);
                if (hasMagnitude)
                    Add(LoraRole.Magnitude, type, [output]);
            }

            if (layer.IsSaved)
                Add(LoraRole.Weight, own.Weight.dtype, shape);
            if (own.Bias is { } bias && (layer.IsSaved || layer.TrainsBias))
                Add(LoraRole.Bias, bias.dtype, bias.shape);

            void Add(LoraRole role, ScalarType dataType, long[] size) =>
                tensors.Add(new LoraTensor(layer, role, size, dataType));
        }

        return tensors;
    }

    private string NameIn(string module)
    {
        bool isTable = Layer.Module.Layer.Kind == AdaptableLayerKind.Embedding;
        return $"{Prefix}{module}." + Role switch
        {
            LoraRole.Down => isTable ? "lora_embedding_A" : "lora_A.weight",
            LoraRole.Up => isTable ? "lora_embedding_B" : "lora_B.weight",
            LoraRole.UpBias => "lora_B.bias",
            LoraRole.Magnitude => "lora_magnitude_vector",
            LoraRole.Weight => "weight",
            _ => Layer.Rank > 0 ? "base_layer.bias" : "bias",
        };
    }
}
