using System.Reflection;
using System.Runtime.CompilerServices;
using MedR1.Losses;

namespace MedR1.Training;

/// <summary>
/// Describes a loss or an advantage estimator for a checkpoint: the options of the library's own, or the init-only properties of a record
/// class. Any other class is described by its name alone, since its properties may be anything.
/// </summary>
internal static class RecordParts
{
    /// <summary>What holds the settings of a loss or an advantage estimator: the options of the library's own, or else itself.</summary>
    public static object Described(object value) => value switch
    {
        GrpoLoss own => own.Options,
        GroupAdvantages own => own.Options,
        _ => value,
    };

    /// <summary>
    /// Adds the parts of a loss or an advantage estimator under its name, and the kind of each part that has parts itself; nothing if the
    /// parts can't be determined.
    /// </summary>
    public static void Add(Dictionary<string, string> settings, string name, object? value)
    {
        object? made = value is null ? null : Described(value);
        if (made is null || !IsRecord(made.GetType()))
        {
            return;
        }

        foreach (PropertyInfo property in made.GetType().GetProperties().Where(IsGiven))
        {
            string part = $"{name}.{property.Name}";
            if (!settings.ContainsKey(part))
            {
                AddPart(settings, part, property.PropertyType, property.GetValue(made));
            }
        }
    }

    private static void AddPart(Dictionary<string, string> settings, string name, Type type, object? value)
    {
        if (IsPlain(type))
        {
            settings.Add(name, value);
        }
        else if (value is null ? IsTold(type) || type.IsInterface : IsTold(value.GetType()))
        {
            // The property's type tells the kind, unless the value is of a different type: an interface may have had a record in it.
            settings[name] = value is null ? RunSettings.None : value.GetType() == type ? RunSettings.On : value.GetType().Name;
            Add(settings, name, value);
        }
    }

    // A property without a setter follows from others; one that can be set later, such as a count, may no longer have the value that the
    // run began with.
    private static bool IsGiven(PropertyInfo property) => property is { CanRead: true, SetMethod: MethodInfo set }
        && set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit))
        && property.GetIndexParameters().Length == 0;

    // Numbers, strings, flags and enums.
    private static bool IsPlain(Type type) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type)
        is not (TypeCode.Object or TypeCode.DateTime or TypeCode.DBNull or TypeCode.Empty);

    // A loss or an estimator that is not a record is described by its name.
    private static bool IsTold(Type type) => IsRecord(type) || type.IsAssignableTo(typeof(IPolicyLoss))
        || type.IsAssignableTo(typeof(IAdvantageEstimator));

    // The method behind "with"; no other class can have a method of this name.
    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null;
}
