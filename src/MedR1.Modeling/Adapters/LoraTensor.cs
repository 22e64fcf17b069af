using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>A tensor of an adapter.</summary>
/// <param name="Layer">Whose it is.</param>
/// <param name="Role">What it is.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Type">Its type.</param>
internal sealed record LoraTensor(LoraLayer Layer, LoraRole Role, IReadOnlyList<long> Shape, ScalarType Type)
{
    /// <summary>What the names in PEFT's files begin with.</summary>
    public const string Prefix = "base_model.model.";

    /// <summary>The name that PEFT writes.</summary>
    public string Name => NameIn(Layer.Module.Name);

    /// <summary>The names that it may have in a file: of current transformers, and of older ones.</summary>
    public IEnumerable<string> Names => [Name, NameIn(Layer.Module.PublishedName)];

    /// <summary>The tensors of an adapter, layer after layer.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="upHasBias">Whether B has a bias.</param>
    /// <param name="hasMagnitude">Whether there is DoRA's magnitude.</param>
    public static IReadOnlyList<LoraTensor> Of(
        IReadOnlyList<LoraLayer> layers, bool upHasBias, bool hasMagnitude)
    {
        List<LoraTensor> tensors = [];
        foreach (LoraLayer layer in layers)
        {
            IAdaptableLayer own = layer.Module.Layer;
            long[] shape = own.Weight.shape;

            // As PEFT does: low-rank parts in float32 even if the base has 16 bits, copies in the base's data type.
            ScalarType type = own.Weight.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
            if (layer.Rank > 0)
            {
                bool isTable = own.Kind == AdaptableLayerKind.Embedding;
                long output = isTable ? shape[1] : shape[0];
                long[] input = isTable ? [shape[0]] : shape[1..];
                Add(LoraRole.Down, type, [layer.Rank, .. input]);
                Add(LoraRole.Up, type, [output, layer.Rank, .. input.Skip(1).Select(_ => 1L)]);
                if (upHasBias && !isTable)
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
