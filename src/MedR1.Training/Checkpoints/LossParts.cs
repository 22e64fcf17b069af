using System.Reflection;
using System.Runtime.CompilerServices;
using MedR1.Losses;

namespace MedR1.Training;

/// <summary>
/// What a loss was made of, for a checkpoint: the options of the library's own, and of a loss that is a record what it was made with. Of
/// another class nothing is known: its properties may be anything.
/// </summary>
internal static class LossParts
{
    /// <summary>Its parts by name, one that is an object again with parts; null where none can be told.</summary>
    public static IReadOnlyDictionary<string, object?>? Of(object? value) => value switch
    {
        null => null,
        GrpoLoss own => Of(own.Options),
        _ => IsRecord(value.GetType()) ? PartsOf(value) : null,
    };

    private static Dictionary<string, object?> PartsOf(object record)
    {
        Dictionary<string, object?> parts = [];
        foreach (PropertyInfo property in record.GetType().GetProperties().Where(IsGiven))
        {
            object? value = property.GetValue(record);
            if (IsPlain(property.PropertyType))
            {
                parts.TryAdd(property.Name, value);
            }
            else if (Of(value) is { } own)
            {
                parts.TryAdd(property.Name, own);
            }
            else if (IsRecord(property.PropertyType))
            {
                parts.TryAdd(property.Name, null);
            }
        }

        return parts;
    }

    // What follows from others is no part of its own, and what may be set later, such as a count, need not be what the run began with.
    private static bool IsGiven(PropertyInfo property) => property is { CanRead: true, SetMethod: MethodInfo set }
        && set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit))
        && property.GetIndexParameters().Length == 0;

    // Numbers, texts, flags and choices.
    private static bool IsPlain(Type type) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type)
        is not (TypeCode.Object or TypeCode.DateTime or TypeCode.DBNull or TypeCode.Empty);

    // The method by which "with" copies; no other class can have one of this name.
    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null;
}
